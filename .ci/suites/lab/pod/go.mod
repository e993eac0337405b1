module headgate/lab/pod

go 1.24
