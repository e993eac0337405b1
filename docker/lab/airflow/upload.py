"""Puts the files of a folder into the object store: FOLDER s3://BUCKET/PREFIX; what is there already stays.

The account comes from AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

import hashlib
import sys
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from botocore.config import Config


def main(folder: Path, address: str) -> None:
    place = urlsplit(address)
    store = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
    prefix = place.path.strip("/")
    pages = store.get_paginator("list_objects_v2").paginate(Bucket=place.netloc, Prefix=prefix)
    known = {each["Key"]: each["ETag"] for page in pages for each in page.get("Contents", [])}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        key = f"{prefix}/{file.relative_to(folder).as_posix()}"
        content = file.read_bytes()
        if known.get(key) != f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"':
            store.put_object(Bucket=place.netloc, Key=key, Body=content)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
