package io.headgate.model;

import io.headgate.api.Connection;

/** The connections of a project. A secret is read when its connection is resolved, not before. */
public final class Connections {
  Connections() {}

  /**
   * The connection with its secrets resolved; the redactor knows them from then on.
   *
   * @throws io.headgate.api.TaskFailure 78 when there is none of that name or a secret cannot be read
   */
  public Connection resolve(String name) {
    throw new UnsupportedOperationException(name);
  }
}
