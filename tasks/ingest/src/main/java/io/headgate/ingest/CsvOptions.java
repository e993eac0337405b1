package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;
import java.util.List;

/** How CSV files are written. */
@Description("How the CSV files are written.")
public record CsvOptions(
    @Default("','") @Description("What stands between two values.") String delimiter,
    @Default("'\"'") @Description("What values are quoted with; empty for none.") String quote,
    @Default("'\"'") @Description("What stands before a quote within quotes.") String escape,
    @Default("utf-8") @Description("Encoding of the files: utf-8, utf-16 or latin-1.")
        String encoding,
    @Default("true") @Description("Whether the first line names the columns.") boolean header,
    @Default("['']")
        @Description(value = "Texts that mean null, quoted or not.", example = "['', NULL]")
        List<String> nulls) {
  public static final CsvOptions DEFAULT =
      new CsvOptions(",", "\"", "\"", "utf-8", true, List.of(""));

  public CsvOptions {
    nulls = List.copyOf(nulls);
    if (delimiter.isEmpty() || delimiter.length() > 4) {
      throw new IllegalArgumentException("delimiter must have one to four characters");
    }
    if (quote.length() > 1 || escape.length() > 1) {
      throw new IllegalArgumentException("quote and escape are one character each");
    }
    if (!List.of("utf-8", "utf-16", "latin-1").contains(encoding)) {
      throw new IllegalArgumentException("encoding must be utf-8, utf-16 or latin-1");
    }
  }
}
