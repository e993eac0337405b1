package io.headgate.ingest;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** What a file or a text is known by: a SHA-256 in hexadecimal. */
final class Fingerprint {
  private static final int BUFFER = 1 << 18;

  /** Up to this size SHA-256 is over all bytes. */
  static final long STRONG = 8L << 20;

  private Fingerprint() {}

  /** Of several texts, each told from the next. */
  static String of(List<String> texts) {
    MessageDigest digest = sha256();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Of the bytes as they lie on disk. Beyond {@link #STRONG} bytes SHA-256 would take longer than
   * to read the rows: there it is over the file's size, two different checksums of all bytes, and
   * its first and last quarter of a megabyte.
   */
  static String of(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = sha256();
      long size = Files.size(file);
      if (size <= STRONG) {
        byte[] buffer = new byte[BUFFER];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
      }
      return large(in, size, digest);
    } catch (IOException e) {
      throw TaskFailure.temporary("cannot read " + file + ": " + e.getMessage(), "", e);
    }
  }

  private static String large(InputStream in, long size, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER];
    byte[] previous = new byte[BUFFER];
    int held = 0;
    int heldBefore = 0;
    CRC32 first = new CRC32();
    CRC32C second = new CRC32C();
    for (int n = in.readNBytes(buffer, 0, BUFFER); n > 0; n = in.readNBytes(buffer, 0, BUFFER)) {
      first.update(buffer, 0, n);
      second.update(buffer, 0, n);
      if (held == 0) {
        digest.update(buffer, 0, n);
      }
      byte[] swap = previous;
      previous = buffer;
      buffer = swap;
      heldBefore = held;
      held = n;
    }
    digest.update(buffer, 0, heldBefore);
    digest.update(previous, 0, held);
    digest.update(
        (size + ":" + first.getValue() + ":" + second.getValue())
            .getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Refuses a packed file that ends too early or is damaged, which the reader of the rows may take
   * for its end.
   *
   * @throws TaskFailure 65
   */
  static void checkPacking(String table, InputFile file) {
    try {
      switch (file.packing()) {
        case PLAIN -> {}
        case GZIP -> inflate(file.path());
        case ZSTD -> walkZstd(file.path());
      }
    } catch (EOFException | ZipException e) {
      throw new TaskFailure(
          ExitCode.BLOCKED,
          "table %s: \"%s\" is damaged or cut off: %s"
              .formatted(
                  table, file.name(), e.getMessage() == null ? "it ends early" : e.getMessage()),
          "fetch the file again",
          e);
    } catch (IOException e) {
      throw TaskFailure.temporary("cannot read " + file.path() + ": " + e.getMessage(), "", e);
    }
  }

  private static void inflate(Path file) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), BUFFER)) {
      while (in.read(buffer) >= 0) {
        continue;
      }
    }
  }

  /** Walks from block to block; nothing is unpacked. */
  private static void walkZstd(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
      int first = in.read();
      if (first < 0) {
        throw new EOFException("it is empty");
      }
      while (first >= 0) {
        long magic = first | little(in, 3) << 8;
        if ((magic & 0xFFFFFFF0L) == 0x184D2A50L) {
          skip(in, little(in, 4));
        } else if (magic == 0xFD2FB528L) {
          frame(in);
        } else {
          throw new ZipException("not zstd");
        }
        first = in.read();
      }
    }
  }

  private static void frame(InputStream in) throws IOException {
    int descriptor = (int) little(in, 1);
    boolean single = (descriptor & 0x20) != 0;
    int sizeFlag = descriptor >> 6;
    int[] dictionary = {0, 1, 2, 4};
    int sizeBytes = sizeFlag == 0 ? (single ? 1 : 0) : 1 << sizeFlag;
    skip(in, (single ? 0 : 1) + dictionary[descriptor & 3] + sizeBytes);
    boolean last = false;
    while (!last) {
      long header = little(in, 3);
      last = (header & 1) != 0;
      boolean repeated = (header >> 1 & 3) == 1;
      skip(in, repeated ? 1 : header >> 3);
    }
    if ((descriptor & 4) != 0) {
      skip(in, 4);
    }
  }

  private static long little(InputStream in, int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      value |= (long) next << 8 * i;
    }
    return value;
  }

  private static void skip(InputStream in, long bytes) throws IOException {
    in.skipNBytes(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
