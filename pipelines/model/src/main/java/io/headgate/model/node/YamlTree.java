package io.headgate.model.node;

import io.headgate.api.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Trees from YAML files. Whatever a file holds, the answer is a tree or problems. */
public final class YamlTree {
  private static final int LARGEST = 4 << 20;

  private YamlTree() {}

  /**
   * Reads a file that holds one document.
   *
   * @param shown the path as people are to see it
   * @return nothing when a problem was reported
   */
  public static Optional<Node> read(Path file, String shown, ProblemList problems) {
    Location start = new Location(shown, 1, 1);
    byte[] bytes;
    try {
      if (Files.size(file) > LARGEST) {
        problems.report(start, "", "larger than 4 MB", "split it");
        return Optional.empty();
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      problems.report(start, "", "no such file", "");
      return Optional.empty();
    } catch (IOException e) {
      problems.report(start, "", "cannot be read: " + e.getMessage(), "");
      return Optional.empty();
    }
    return decode(bytes, shown, problems).flatMap(text -> parse(text, shown, problems));
  }

  /** Reads text that holds one document. */
  public static Optional<Node> parse(String text, String shown, ProblemList problems) {
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return new YamlDocument(content, shown, problems).read();
  }

  private static Optional<String> decode(byte[] bytes, String shown, ProblemList problems) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(in, out, true);
    out.flip();
    String text = out.toString();
    if (result.isError()) {
      int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
      String last = text.substring(text.lastIndexOf('\n') + 1);
      int column = 1 + last.codePointCount(0, last.length());
      problems.report(new Location(shown, line, column), "", "not UTF-8", "save the file as UTF-8");
      return Optional.empty();
    }
    return Optional.of(text);
  }
}
