package io.headgate.api;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A folder for what outlives a step: on a disk of this machine, or in an object store. */
public sealed interface StoragePlace {
  /** What stands before the name of a bucket. */
  String SCHEME = "s3://";

  /** For people and for stores: an absolute path, or such as {@code s3://landing/shop}. */
  String address();

  /**
   * A place below this one.
   *
   * @throws IllegalArgumentException for a name that would lead elsewhere
   */
  StoragePlace resolve(String... names);

  /** A folder on this machine. */
  record Folder(Path path) implements StoragePlace {
    public Folder {
      path = path.toAbsolutePath().normalize();
    }

    @Override
    public String address() {
      return path.toString();
    }

    @Override
    public Folder resolve(String... names) {
      Path below = path;
      for (String name : names) {
        below = below.resolve(checked(name));
      }
      return new Folder(below);
    }
  }

  /**
   * What lies below a prefix in an object store.
   *
   * @param prefix without a slash at its ends; may be empty
   * @param connection name of a connection of kind {@code s3}
   */
  record Bucket(String bucket, String prefix, String connection) implements StoragePlace {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    public Bucket {
      if (!NAME.matcher(bucket).matches()) {
        throw new IllegalArgumentException("\"" + bucket + "\" is no name of a bucket");
      }
    }

    @Override
    public String address() {
      return SCHEME + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    @Override
    public Bucket resolve(String... names) {
      List<String> parts = new ArrayList<>();
      if (!prefix.isEmpty()) {
        parts.add(prefix);
      }
      for (String name : names) {
        parts.add(checked(name));
      }
      return new Bucket(bucket, String.join("/", parts), connection);
    }

    private static Bucket parse(String text, String connection) {
      String rest = text.substring(SCHEME.length()).replaceAll("/+$", "");
      int slash = rest.indexOf('/');
      Bucket bucket = new Bucket(slash < 0 ? rest : rest.substring(0, slash), "", connection);
      return slash < 0 ? bucket : bucket.resolve(rest.substring(slash + 1).split("/", -1));
    }
  }

  /** Whether a text is meant as an address rather than as a path. */
  static boolean isAddress(String text) {
    return text.contains("://");
  }

  /**
   * Reads {@code s3://bucket/prefix}, or a path.
   *
   * @param base what a relative path is relative to
   * @param connection of an object store, if there is one
   * @throws IllegalArgumentException with a message for people
   */
  static StoragePlace parse(String text, Path base, Optional<String> connection) {
    if (!isAddress(text)) {
      try {
        return new Folder(base.resolve(text));
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException("\"" + text + "\" is no path", e);
      }
    }
    if (!text.startsWith(SCHEME)) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is neither a folder nor an address such as s3://bucket/prefix");
    }
    return Bucket.parse(
        text,
        connection.orElseThrow(
            () -> new IllegalArgumentException("\"" + text + "\" needs a connection of kind s3")));
  }

  private static String checked(String name) {
    boolean plain =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.indexOf('/') < 0
            && name.indexOf('\\') < 0
            && name.chars().noneMatch(Character::isISOControl);
    if (!plain) {
      throw new IllegalArgumentException("\"" + name + "\" is no name of a folder or file");
    }
    return name;
  }
}
