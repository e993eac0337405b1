{{
  config(
    unique_key='name',
    pre_hook="{{ drop_vanished(source('raw', 'authors'), {'name': field('metadata.name')}) }}"
  )
}}

select
  {{ field('metadata.name') }} as name,
  lower({{ field('metadata.name') }}) as author_key,
  {{ iso_day(field('metadata.birth_date')) }} as born_on,
  {{ iso_day(field('metadata.died_at')) }} as died_on,
  -- One of the nationalities is set; at which place varies.
  {{ first_field('nationalities', 'slug') }} as nationality
from {{ source('raw', 'authors') }}
