package io.headgate.model.bind;

/** A record whose map component takes every key that no other component has. */
public interface OpenRecord {}
