-- Question 6: users who watched at least half of a movie in the last 7 days. Half of a length in whole
-- minutes is a whole number of minutes, rounded down.
with watched as (
  select
    count(distinct case
      when
        stage_streams.start_at >= {{ local_timestamp(var('last_days_start')) }}
        and {{ complete_minutes('stage_streams.start_at', 'stage_streams.end_at') }}
        >= {{ whole_half('stage_movies.duration_mins') }}
        then stage_streams.user_email
    end) as answer,
    count(distinct stage_streams.user_email) as total
  from {{ ref('stage_streams') }} as stage_streams
  left join {{ ref('stage_movies') }} as stage_movies
    on stage_movies.movie_key = stage_streams.movie_key
)

select
  answer,
  {{ some_of('answer', 'total', 'users') }} as detail
from watched
