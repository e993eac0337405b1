package io.headgate.quality;

/** What becomes of the results of dbt's own tests. */
public enum DbtTests {
  /** A failed test blocks; one that dbt itself only warns of warns. */
  BLOCK,
  /** A failed test warns. */
  WARN,
  /** They are not looked at. */
  IGNORE
}
