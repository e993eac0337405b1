select customer_id, c.spent, coalesce(r.given_back, 0) as given_back
from {{ ref('customers') }} c left join {{ ref('returns') }} r using (customer_id)
