package io.headgate.ingest.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RowPipeTest {
  @TempDir Path folder;

  @Test
  void bringsRowsOfEverySizeWholeAndInOrder() throws Exception {
    for (int seed = 0; seed < 5; seed++) {
      Random random = new Random(seed);
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      try (Fifo fifo = Fifo.in(folder)) {
        FutureTask<byte[]> read = new FutureTask<>(() -> Files.readAllBytes(fifo.path()));
        Thread.ofVirtual().start(read);
        try (RowPipe pipe = new RowPipe(fifo)) {
          int rows = random.nextInt(2_000);
          for (int i = 0; i < rows; i++) {
            byte[] row = new byte[random.nextInt(random.nextInt(100) == 0 ? 1 << 20 : 300)];
            random.nextBytes(row);
            pipe.write(row);
            sent.write(row);
          }
        }
        assertThat(read.get()).as("seed %d", seed).isEqualTo(sent.toByteArray());
      }
    }
  }

  @Test
  void holdsNoMoreThanSomeMegabytesForReaderThatTakesNothing() throws Exception {
    try (Fifo fifo = Fifo.in(folder)) {
      RowPipe pipe = new RowPipe(fifo);
      byte[] row = new byte[1 << 18];
      AtomicInteger taken = new AtomicInteger();
      FutureTask<Void> writing =
          new FutureTask<>(
              () -> {
                while (true) {
                  pipe.write(row);
                  taken.incrementAndGet();
                }
              });
      Thread.ofPlatform().daemon().start(writing);
      try (InputStream in = Files.newInputStream(fifo.path())) {
        assertThat(in.read()).isZero();
        while (taken.get() < 64) {
          Thread.sleep(5);
        }
        Thread.sleep(200);
        assertThat(taken).hasValueLessThan(70);
      }
      assertThatThrownBy(writing::get).hasCauseInstanceOf(IOException.class);
      assertThatThrownBy(pipe::close).isInstanceOf(IOException.class);
    }
  }
}
