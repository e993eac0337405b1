{{
  config(
    unique_key='name',
    pre_hook="{{ drop_vanished(source('raw', 'books'), {'name': 'name'}) }}"
  )
}}

select
  name,
  lower(name) as book_key,
  lower(author) as author_key,
  pages,
  publisher
from {{ source('raw', 'books') }}
