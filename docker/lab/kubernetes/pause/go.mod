module headgate/lab/pause

go 1.24
