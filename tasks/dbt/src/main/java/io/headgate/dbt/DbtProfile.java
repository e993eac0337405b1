package io.headgate.dbt;

import io.headgate.api.json.Json;
import io.headgate.stores.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A profile in a folder that only we can read; closing removes it. It holds no secret: those are in
 * the environment of the call.
 *
 * @param name as the project calls it
 * @param target the target of the run, as {@code {{ target.name }}} shows it
 */
record DbtProfile(Path directory, String name, String target) implements AutoCloseable {
  private static final Pattern NAME =
      Pattern.compile("^profile:\\s*(['\"]?)([^'\"#\\r\\n{}]+?)\\1\\s*(#.*)?$", Pattern.MULTILINE);

  static DbtProfile write(
      Path parent, Path project, String target, Map<String, Object> output, int threads)
      throws IOException {
    Files.createDirectories(parent);
    Path directory =
        Files.createTempDirectory(
            parent,
            "profile-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    DbtProfile profile = new DbtProfile(directory, name(project), target);
    Map<String, Object> settings = new LinkedHashMap<>(output);
    if (threads > 0) {
      settings.put("threads", threads);
    }
    // JSON is YAML.
    String text =
        Json.pretty(
            Map.of(profile.name, Map.of("target", target, "outputs", Map.of(target, settings))));
    Path file =
        Files.createFile(
            directory.resolve("profiles.yml"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
    return profile;
  }

  /** The {@code profile:} of the project; a name of ours when it has none. */
  private static String name(Path project) throws IOException {
    Matcher matcher = NAME.matcher(Files.readString(project.resolve("dbt_project.yml")));
    return matcher.find() ? matcher.group(2).strip() : "headgate";
  }

  @Override
  public void close() throws IOException {
    Folders.delete(directory);
  }
}
