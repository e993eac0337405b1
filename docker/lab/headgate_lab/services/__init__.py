"""The servers, a file each; every module here that has a SERVICE is one."""
