{{
  config(
    unique_key='title',
    pre_hook="{{ drop_vanished(source('raw', 'movies'), {'title': 'title'}) }}"
  )
}}

select
  title,
  lower(title) as movie_key,
  duration_mins,
  original_language,
  size_mb
from {{ source('raw', 'movies') }}
