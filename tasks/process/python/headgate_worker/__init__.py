"""The Python process of Headgate: runs dbt and Great Expectations, fed JSON lines on a pipe.

One JSON object a line. Towards the worker, on its standard input::

    {"id": 1, "method": "dbt.invoke", "request": {…}, "environment": {"NAME": "value"}}
    {"cancel": 1}

and back, on what was its standard output when it started::

    {"id": 1, "event": {…}}
    {"id": 1, "result": {…}}   or   {"id": 1, "error": {…}}   or   {"id": 1, "cancelled": true}

Calls are worked off one after the other on the main thread, ``warm`` only while no other waits.
When standard input ends, the process and everything that it started end at once: nobody is left to
answer.
"""
