select * from {{ source('raw', 'orders') }} where status <> 'RETURNED'
