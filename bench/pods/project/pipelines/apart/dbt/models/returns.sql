select customer_id, sum(qty * price) as given_back from {{ ref('returned') }} group by customer_id
