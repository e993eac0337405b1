-- Question 2: users whose stream of the movie began or ended while the service was down, local time.
with affected as (
  select
    count(distinct case
      when
        movie_key = {{ dbt.string_literal(var('outage_movie') | lower) }}
        and (
          start_at between {{ local_timestamp(var('outage_start')) }} and {{ local_timestamp(var('outage_end')) }}
          or end_at between {{ local_timestamp(var('outage_start')) }} and {{ local_timestamp(var('outage_end')) }}
        )
        then user_email
    end) as answer,
    count(distinct user_email) as total
  from {{ ref('stage_streams') }}
)

select
  answer,
  {{ some_of('answer', 'total', 'users') }} as detail
from affected
