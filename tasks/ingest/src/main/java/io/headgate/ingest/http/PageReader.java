package io.headgate.ingest.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Takes the records out of one page of JSON, one a line, every number as it stands there. */
final class PageReader {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** A number of at most 15 digits is the same after it was a double. */
  private static final int SAFE_LENGTH = 15;

  private static final int PEEK = 512;
  private static final Pattern TAG = Pattern.compile("[\\s\\uFEFF]*(<[!?/]?[A-Za-z]{0,20}>?)");

  private final Optional<String> records;
  private final Optional<String> next;
  private final Optional<String> cursor;
  private long count;
  private boolean found;
  private boolean told;
  private @Nullable String token;
  private @Nullable String greatest;

  /**
   * A reader.
   *
   * @param records where the list stands; the page itself if empty
   * @param next where the token of the next page stands
   * @param cursor the field of a record whose greatest value is wanted
   */
  PageReader(Optional<String> records, Optional<String> next, Optional<String> cursor) {
    this.records = records;
    this.next = next;
    this.cursor = cursor;
  }

  /**
   * What a page has.
   *
   * @param told whether the place of the token was there, with a token or without
   */
  record Page(long records, Optional<String> token, boolean told, Optional<String> greatest) {}

  /** A page that is JSON, but not as it was said to be. */
  static final class Unexpected extends IOException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    Unexpected(String message) {
      this(message, "correct records:, or ask whose API it is");
    }

    Unexpected(String message, String remedy) {
      super(message);
      this.remedy = remedy;
    }

    String remedy() {
      return remedy;
    }
  }

  /**
   * Reads a page.
   *
   * @throws Unexpected when the records are not where they should be
   */
  Page read(Path body, boolean gzip, Path lines) throws IOException {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(body), 1 << 16);
        InputStream in =
            gzip ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 10) : raw;
        JsonParser parser = parser(in);
        JsonGenerator out = FACTORY.createGenerator(Files.newBufferedWriter(lines))) {
      out.setRootValueSeparator(null);
      parser.nextToken();
      if (parser.currentToken() == null) {
        throw new Unexpected("the page is empty");
      }
      value(parser, out, new ArrayList<>());
      if (parser.nextToken() != null) {
        throw new Unexpected("the page goes on after its end");
      }
    }
    if (!found) {
      throw new Unexpected(
          records
              .map(path -> "the page has no list at \"" + path + "\"")
              .orElse("the page is no list; say in records: where the list stands"));
    }
    return new Page(count, Optional.ofNullable(token), told, Optional.ofNullable(greatest));
  }

  /** No JSON begins with a tag, however often it is asked for. */
  private static JsonParser parser(InputStream in) throws IOException {
    in.mark(PEEK);
    String begin = new String(in.readNBytes(PEEK), StandardCharsets.UTF_8);
    in.reset();
    Matcher tag = TAG.matcher(begin);
    if (tag.lookingAt()) {
      throw new Unexpected(
          "the answer is no JSON but begins with %s: it is a web page, perhaps a login"
              .formatted(tag.group(1)),
          "check path:, the connection's url and what it logs in with");
    }
    return FACTORY.createParser(in);
  }

  /** Adds the names of the fields that records have, which stand one a line. */
  static void fields(Path lines, Set<String> names) throws IOException {
    try (JsonParser parser = FACTORY.createParser(Files.newBufferedReader(lines))) {
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          names.add(parser.currentName());
          parser.nextToken();
          parser.skipChildren();
        }
      }
    }
  }

  private void value(JsonParser parser, JsonGenerator out, List<String> path) throws IOException {
    String here = String.join(".", path);
    JsonToken kind = Objects.requireNonNull(parser.currentToken());
    if (here.equals(records.orElse("")) && kind == JsonToken.START_ARRAY) {
      found = true;
      list(parser, out);
      return;
    }
    if (next.filter(here::equals).isPresent() && kind.isScalarValue()) {
      String text = parser.getText();
      told = true;
      token = kind == JsonToken.VALUE_NULL || text.isEmpty() ? null : text;
      return;
    }
    if (kind == JsonToken.START_OBJECT) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        path.add(parser.currentName());
        parser.nextToken();
        value(parser, out, path);
        path.removeLast();
      }
    } else if (kind == JsonToken.START_ARRAY) {
      parser.skipChildren();
    }
  }

  private void list(JsonParser parser, JsonGenerator out) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      count++;
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new Unexpected("record %d is no object".formatted(count));
      }
      copy(parser, out);
      out.writeRaw('\n');
    }
  }

  private void copy(JsonParser parser, JsonGenerator out) throws IOException {
    int depth = 0;
    @Nullable String field = null;
    do {
      JsonToken kind = parser.currentToken();
      switch (kind) {
        case START_OBJECT -> {
          out.writeStartObject();
          depth++;
        }
        case END_OBJECT -> {
          out.writeEndObject();
          depth--;
        }
        case START_ARRAY -> {
          out.writeStartArray();
          depth++;
        }
        case END_ARRAY -> {
          out.writeEndArray();
          depth--;
        }
        case FIELD_NAME -> {
          field = depth == 1 ? parser.currentName() : field;
          out.writeFieldName(parser.currentName());
        }
        case VALUE_NUMBER_INT -> out.writeNumber(parser.getText());
        case VALUE_NUMBER_FLOAT -> fraction(out, parser.getText());
        case VALUE_STRING -> out.writeString(parser.getText());
        case VALUE_TRUE, VALUE_FALSE -> out.writeBoolean(kind == JsonToken.VALUE_TRUE);
        case VALUE_NULL -> out.writeNull();
        case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
            throw new IOException("unexpected token " + kind);
      }
      if (depth == 1 && kind.isScalarValue() && kind != JsonToken.VALUE_NULL) {
        see(field, parser.getText());
      }
      if (depth > 0 && parser.nextToken() == null) {
        throw new IOException("the page ends early");
      }
    } while (depth > 0);
  }

  /** A number that no double can hold becomes a text, which keeps every digit. */
  private static void fraction(JsonGenerator out, String text) throws IOException {
    double nearest = Double.parseDouble(text);
    boolean same =
        text.length() <= SAFE_LENGTH
            || Double.isFinite(nearest)
                && new BigDecimal(text).compareTo(new BigDecimal(Double.toString(nearest))) == 0;
    if (same) {
      out.writeNumber(text);
    } else {
      out.writeString(text);
    }
  }

  private void see(@Nullable String field, String value) {
    if (field != null && cursor.filter(field::equals).isPresent()) {
      greatest = greatest == null ? value : CursorText.greater(greatest, value);
    }
  }
}
