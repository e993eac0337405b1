{{
  config(
    unique_key=['created_at', 'review_text'],
    pre_hook="{{ drop_vanished(
      source('raw', 'reviews'),
      {'created_at': 'created', 'review_text': field('content.text')}
    ) }}"
  )
}}

-- A review says that a movie is based on a book. It names two movies; one of them is the sentinel "end".
select
  created as created_at,
  {{ field('content.text') }} as review_text,
  updated as updated_at,
  {{ field('rating.rate', 'integer') }} as rate,
  {{ field('rating.label') }} as rate_label,
  lower({{ first_field('movies', 'title', sentinel='end') }}) as movie_key,
  lower({{ first_field('books', 'metadata.title') }}) as book_key
from {{ source('raw', 'reviews') }}
