select
  (select sum(spent) from {{ ref('balance') }}) as spent,
  (select sum(given_back) from {{ ref('balance') }}) as given_back,
  (select max(spent) from {{ ref('best_days') }}) as best_day
