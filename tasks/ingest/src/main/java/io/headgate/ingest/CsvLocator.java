package io.headgate.ingest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Finds records of a CSV file by their number, where the reader tells only that: walks from record
 * to record by quotes and line ends.
 */
final class CsvLocator {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final int quote;
  private final int escape;
  private final int delimiter;
  private final Charset charset;
  private long offset;
  private long line = 1;

  private CsvLocator(InputStream in, CsvOptions csv) {
    this.in = in;
    quote = csv.quote().isEmpty() ? -1 : csv.quote().charAt(0);
    escape = csv.escape().isEmpty() ? quote : csv.escape().charAt(0);
    delimiter = csv.delimiter().charAt(csv.delimiter().length() - 1);
    charset =
        csv.encoding().equals("latin-1") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
  }

  /** Where a record begins, its line if a record were one line, and its text without the end. */
  record Place(long record, long line, long offset, String raw) {}

  /** Whether files packed and encoded like this can be walked. */
  static boolean walks(InputFile file, CsvOptions csv) {
    return file.packing() != InputFile.Packing.ZSTD && !csv.encoding().equals("utf-16");
  }

  /**
   * Finds records.
   *
   * @param records numbers from 1 in order, not counting those at {@code without}
   * @param without offsets of records that the reader itself left out
   * @param single whether records have one column only, where an empty line is a record
   */
  static List<Place> find(
      InputFile file, CsvOptions csv, List<Long> records, Set<Long> without, boolean single)
      throws IOException {
    try (InputStream raw = Files.newInputStream(file.path());
        InputStream in =
            new BufferedInputStream(
                file.packing() == InputFile.Packing.GZIP ? new GZIPInputStream(raw, BUFFER) : raw,
                BUFFER)) {
      CsvLocator locator = new CsvLocator(in, csv);
      locator.skipMark();
      if (csv.header()) {
        locator.next(false);
        locator.line++;
      }
      List<Place> places = new ArrayList<>();
      long record = 0;
      for (int wanted = 0; wanted < records.size(); ) {
        long begin = locator.offset;
        long beginLine = locator.line;
        boolean keep = record + 1 == records.get(wanted);
        String text = locator.next(keep);
        if (locator.offset == begin) {
          break;
        }
        boolean empty = locator.last == 0;
        locator.line++;
        if ((empty && !single) || without.contains(begin)) {
          continue;
        }
        record++;
        if (keep) {
          places.add(new Place(record, beginLine, begin, text));
          wanted++;
        }
      }
      return places;
    }
  }

  private long last;

  private void skipMark() throws IOException {
    in.mark(3);
    if (in.read() == 0xEF && in.read() == 0xBB && in.read() == 0xBF) {
      offset = 3;
    } else {
      in.reset();
    }
  }

  /** Passes one record; its text if wanted. */
  private String next(boolean keep) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    boolean quoted = false;
    boolean begins = true;
    last = 0;
    for (int c = read(); c >= 0; c = read()) {
      if (quoted) {
        if (c == escape && (escape != quote || peek() == quote) && peek() == quote) {
          if (keep) {
            text.write(c);
          }
          c = read();
        } else if (c == quote) {
          quoted = false;
        }
      } else if (c == '\n' || c == '\r') {
        if (c == '\r' && peek() == '\n') {
          read();
        }
        return text.toString(charset);
      } else if (begins && c == quote) {
        quoted = true;
      }
      begins = c == delimiter && !quoted;
      last++;
      if (keep) {
        text.write(c);
      }
    }
    return text.toString(charset);
  }

  private int read() throws IOException {
    int c = in.read();
    if (c >= 0) {
      offset++;
    }
    return c;
  }

  private int peek() throws IOException {
    in.mark(1);
    int c = in.read();
    in.reset();
    return c;
  }
}
