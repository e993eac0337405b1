"""The servers, a file each: what a module lists in SERVICES is known to the lab."""
