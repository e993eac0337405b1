package io.headgate.api;

import java.util.Map;
import java.util.Set;

/**
 * Implemented by the record of a document that says which columns hold people's data. Whoever shows
 * or keeps rows outside the tables asks {@link Documents#maskedColumns}.
 */
public interface MaskedColumns {
  /** What stands in place of a masked value. */
  String MASK = "***";

  /**
   * Names of masked columns, by table.
   *
   * @param name the document's path below the folder of its kind, without {@code .yaml}: a document
   *     may take its table's name from it
   */
  Map<String, Set<String>> maskedColumns(String name);
}
