package io.headgate.api;

/**
 * Every row's end: {@code read = written + rejected + skipped}.
 *
 * @param read counted by the reader before any filter
 * @param written counted in the store after commit
 * @param rejected went to the dead letters
 * @param skipped left out with a reason: a repeat, outside the interval, known from an earlier load
 */
public record Rows(long read, long written, long rejected, long skipped) {
  public static final Rows NONE = new Rows(0, 0, 0, 0);

  /** Whether each row that was read has exactly one end. */
  public boolean balanced() {
    return read == written + rejected + skipped;
  }

  public Rows plus(Rows other) {
    return new Rows(
        read + other.read,
        written + other.written,
        rejected + other.rejected,
        skipped + other.skipped);
  }

  /** {@code read 201 = 200 written + 1 rejected + 0 skipped}. */
  public String line() {
    return "read %,d = %,d written + %,d rejected + %,d skipped"
        .formatted(read, written, rejected, skipped);
  }
}
