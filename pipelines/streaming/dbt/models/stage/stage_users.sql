{{
  config(
    unique_key='email',
    pre_hook="{{ drop_vanished(source('raw', 'users'), {'email': 'email'}) }}"
  )
}}

select
  email,
  first_name,
  last_name
from {{ source('raw', 'users') }}
