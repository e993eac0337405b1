package io.headgate.stores;

import java.util.Locale;

/** How rows get into a table. */
public enum LoadMode {
  /** Added to what is there. An input that an earlier load held is skipped. */
  APPEND,
  /** The table becomes what was read. */
  REPLACE,
  /** By key: new rows are inserted, known ones updated. */
  MERGE,
  /** Rows whose event time lies in the run's interval become what was read. */
  REPLACE_INTERVAL;

  /** As written in YAML and reports. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
