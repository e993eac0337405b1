package io.headgate.stores.section;

import java.io.IOException;
import java.util.Optional;

/**
 * The right to work in a section, while this process has it. It ends with the process, at once or
 * when it expires, however that ends.
 */
public interface Lease extends AutoCloseable {
  /** Who held it before. */
  Optional<Holder> previous();

  /**
   * Makes sure that it still stands; asked before anything that others see.
   *
   * @throws io.headgate.api.TaskFailure 75 when another took it over
   */
  void check();

  /** Lets go and leaves the holder of before on record: this one did nothing. */
  void giveBack() throws IOException;

  /** Lets go. */
  @Override
  void close() throws IOException;
}
