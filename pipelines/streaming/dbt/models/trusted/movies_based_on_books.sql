-- Question 1: the share of the streamed movies that are based on books.
with streamed as (
  select distinct movie_key from {{ ref('stage_streams') }}
),

based_on_books as (
  select distinct movie_key from {{ ref('stage_reviews') }}
),

counted as (
  select
    count(based_on_books.movie_key) as based,
    count(*) as total
  from streamed
  left join based_on_books on based_on_books.movie_key = streamed.movie_key
)

select
  {{ rounded('based', 'nullif(total, 0)', 3) }} as answer,
  {{ some_of('based', 'total') }} as detail
from counted
