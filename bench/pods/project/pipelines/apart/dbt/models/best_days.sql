select * from {{ ref('days') }} order by spent desc limit 10
