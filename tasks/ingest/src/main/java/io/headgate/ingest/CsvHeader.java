package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Sql;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Reads the first line of a CSV file. */
final class CsvHeader {
  private static final int LONGEST = 1 << 20;

  private CsvHeader() {}

  /**
   * The names in the first line.
   *
   * @throws TaskFailure 65 when the file is empty
   */
  static List<String> read(String table, InputFile file, CsvOptions csv, Connection duck)
      throws SQLException {
    String line =
        file.packing() == InputFile.Packing.ZSTD ? unpacked(file, duck) : plain(file, csv);
    if (line.isEmpty()) {
      throw TaskFailure.blocked(
          "table %s: \"%s\" is empty: it has no header".formatted(table, file.name()),
          "fetch the file again; a file without rows still has its header");
    }
    return CsvLine.split(line, csv);
  }

  private static String plain(InputFile file, CsvOptions csv) {
    Charset charset =
        switch (csv.encoding()) {
          case "latin-1" -> StandardCharsets.ISO_8859_1;
          case "utf-16" -> StandardCharsets.UTF_16;
          default -> StandardCharsets.UTF_8;
        };
    try (InputStream raw = Files.newInputStream(file.path());
        Reader in =
            new BufferedReader(
                new InputStreamReader(
                    file.packing() == InputFile.Packing.GZIP ? new GZIPInputStream(raw) : raw,
                    charset))) {
      StringBuilder line = new StringBuilder();
      boolean quoted = false;
      for (int next = in.read(); next >= 0 && line.length() < LONGEST; next = in.read()) {
        char c = (char) next;
        if (c == '\uFEFF' && line.isEmpty()) {
          continue;
        }
        if (!csv.quote().isEmpty() && c == csv.quote().charAt(0)) {
          quoted = !quoted;
        }
        if ((c == '\n' || c == '\r') && !quoted) {
          break;
        }
        line.append(c);
      }
      return line.toString();
    } catch (IOException e) {
      throw TaskFailure.temporary("cannot read " + file.path() + ": " + e.getMessage(), "", e);
    }
  }

  private static String unpacked(InputFile file, Connection duck) throws SQLException {
    String sql =
        """
        SELECT line FROM read_csv(%s, auto_detect = false, header = false, columns = {'line': 'VARCHAR'},
          delim = '\u0001', quote = '', escape = '', compression = 'zstd') LIMIT 1
        """
            .formatted(Sql.literal(file.sqlPath()));
    try (Statement statement = duck.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }
}
