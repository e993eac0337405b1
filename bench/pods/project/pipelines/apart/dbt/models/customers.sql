select customer_id, count(*) as orders, sum(qty * price) as spent from {{ ref('paid') }} group by customer_id
