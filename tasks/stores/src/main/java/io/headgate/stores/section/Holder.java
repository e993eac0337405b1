package io.headgate.stores.section;

import io.headgate.api.json.Json;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.journal.Records;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who holds a lease, or held it last; written beside the lock for people and for the next run.
 *
 * @param machine what tells this machine, since it was started, and its set of processes from every
 *     other; empty where that cannot be found out
 * @param local whether the run lives and dies with that process
 * @param left when the process let go; empty while it holds the lease, or after it was killed
 */
public record Holder(
    String run,
    long pid,
    String host,
    Optional<String> machine,
    boolean local,
    Instant since,
    Optional<Instant> left) {
  /** This process, from now on. */
  public static Holder me(String run, boolean local) {
    return new Holder(
        run,
        ProcessHandle.current().pid(),
        thisHost(),
        thisMachine(),
        local,
        Instant.now(),
        Optional.empty());
  }

  /** Who is on record in a file, if it can be read. */
  public static Optional<Holder> read(Path file) {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      return Optional.of(of(Json.object(Json.read(file))));
    } catch (IOException | RuntimeException e) {
      // Only for people and for the age of the last holder: unreadable is the same as unknown.
      return Optional.empty();
    }
  }

  /**
   * Reads back what {@link #json} gave.
   *
   * @throws RuntimeException when it is nothing of the kind
   */
  public static Holder of(Map<String, Object> json) {
    return new Holder(
        Records.text(json, "run"),
        Records.number(json, "pid"),
        Records.text(json, "host"),
        Optional.ofNullable((String) json.get("machine")),
        Boolean.TRUE.equals(json.get("local")),
        Instant.parse(Records.text(json, "since")),
        Optional.ofNullable((String) json.get("left")).map(Instant::parse));
  }

  void write(Path file) throws IOException {
    DurableFiles.write(file, json());
  }

  /** As JSON. */
  public String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run", run);
    json.put("pid", pid);
    json.put("host", host);
    machine.ifPresent(known -> json.put("machine", known));
    json.put("local", local);
    json.put("since", since.toString());
    left.ifPresent(at -> json.put("left", at.toString()));
    return Json.pretty(json);
  }

  /** The same, from now on gone. */
  public Holder leaving() {
    return new Holder(run, pid, host, machine, local, since, Optional.of(Instant.now()));
  }

  /**
   * Whether its process has ended for certain: it was one of this machine, where no process has its
   * number any more.
   */
  public boolean dead() {
    return machine.isPresent()
        && machine.equals(thisMachine())
        && host.equals(thisHost())
        && ProcessHandle.of(pid).isEmpty();
  }

  /** When it was last known to work. */
  public Instant active() {
    return left.orElse(since);
  }

  /** For people. */
  public String line() {
    return "run " + run + " (process " + pid + " on " + host + ", since " + since + ")";
  }

  /** Numbers of processes mean something only since a start and within a namespace. */
  private static Optional<String> thisMachine() {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      Path namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
      return Optional.of(boot + " " + namespace);
    } catch (IOException | RuntimeException e) {
      // Not Linux, or not to be looked at: then no process is known to have ended.
      return Optional.empty();
    }
  }

  private static String thisHost() {
    String name = System.getenv("HOSTNAME");
    if (name != null && !name.isBlank()) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
