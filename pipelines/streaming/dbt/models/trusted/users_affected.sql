-- Question 2: users whose stream of the movie began or ended while the service was down, local time.
with affected as (
  select count(distinct user_email) as answer
  from {{ ref('stage_streams') }}
  where movie_key = {{ dbt.string_literal(var('outage_movie') | lower) }}
    and (
      start_at between {{ local_timestamp(var('outage_start')) }} and {{ local_timestamp(var('outage_end')) }}
      or end_at between {{ local_timestamp(var('outage_start')) }} and {{ local_timestamp(var('outage_end')) }}
    )
)

select
  answer,
  {{ counted('users') }} as detail
from affected
