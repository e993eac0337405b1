"""Builds Headgate's images and releases."""
