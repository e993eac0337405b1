package io.headgate.api;

/** A place in a file that a person wrote: path as shown to them, line and column from 1. */
public record Location(String file, int line, int column) {
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
