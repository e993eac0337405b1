select day, sum(qty * price) as spent from {{ ref('paid') }} group by day
