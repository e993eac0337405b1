{{
  config(
    unique_key=['user_email', 'movie_title', 'start_at'],
    pre_hook="{{ drop_vanished(
      source('raw', 'streams'),
      {'user_email': 'user_email', 'movie_title': 'movie_title', 'start_at': 'start_at'},
      event_time='start_at'
    ) }}"
  )
}}

select
  user_email,
  movie_title,
  lower(movie_title) as movie_key,
  size_mb,
  start_at,
  end_at
from {{ source('raw', 'streams') }}
{% if is_incremental() and has_interval() -%}
where {{ within_interval('start_at') }}
{%- endif %}
