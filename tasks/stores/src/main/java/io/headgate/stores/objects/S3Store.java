package io.headgate.stores.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.StoreFailures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Objects below a prefix of a bucket. */
final class S3Store implements ObjectStore {
  private static final int BATCH = 1000;

  /** Small objects are there in no time, or the store is away: leases cannot wait for it. */
  private static final Duration SMALL = Duration.ofSeconds(20);

  private final S3Client client;
  private final StoragePlace.Bucket place;
  private final S3Failures failures;

  private S3Store(S3Client client, StoragePlace.Bucket place) {
    this.client = client;
    this.place = place;
    this.failures = new S3Failures(place.bucket(), place.connection());
  }

  static S3Store open(StoragePlace.Bucket place, Connection connection, Path projectDirectory) {
    return new S3Store(S3Clients.of(connection, projectDirectory), place);
  }

  @Override
  public String address() {
    return place.address();
  }

  private String key(String name) {
    return place.prefix().isEmpty() ? name : place.prefix() + "/" + name;
  }

  private String name(String key) {
    return place.prefix().isEmpty() ? key : key.substring(place.prefix().length() + 1);
  }

  private <T> T trying(String verb, String name, String right, Supplier<T> action) {
    try {
      return action.get();
    } catch (SdkException e) {
      throw failures.of(verb + " " + address(name), right, e);
    } catch (UncheckedIOException e) {
      throw StoreFailures.of(
          verb + " " + address(name), new IOException(String.valueOf(e.getMessage()), e));
    }
  }

  @Override
  public Optional<Stored> head(String name) {
    return trying(
        "look at",
        name,
        "s3:GetObject and s3:ListBucket",
        () -> {
          try {
            HeadObjectResponse found =
                client.headObject(request -> request.bucket(place.bucket()).key(key(name)));
            return Optional.of(
                new Stored(name, found.contentLength(), found.eTag(), found.lastModified()));
          } catch (S3Exception e) {
            return absent(e);
          }
        });
  }

  @Override
  public Optional<StoredText> read(String name) {
    return trying(
        "read",
        name,
        "s3:GetObject and s3:ListBucket",
        () -> {
          try {
            var got =
                client.getObjectAsBytes(
                    request ->
                        request
                            .bucket(place.bucket())
                            .key(key(name))
                            .overrideConfiguration(settings -> settings.apiCallTimeout(SMALL)));
            GetObjectResponse head = got.response();
            return Optional.of(
                new StoredText(
                    got.asString(UTF_8),
                    head.eTag(),
                    head.lastModified(),
                    clock(head.sdkHttpResponse())));
          } catch (S3Exception e) {
            return absent(e);
          }
        });
  }

  /** Nothing for an object that is not there; a bucket that is not there is an error. */
  private static <T> Optional<T> absent(S3Exception e) {
    boolean bucket =
        e.awsErrorDetails() != null && "NoSuchBucket".equals(e.awsErrorDetails().errorCode());
    if (e.statusCode() == 404 && !bucket) {
      return Optional.empty();
    }
    throw e;
  }

  private static Instant clock(@Nullable SdkHttpResponse response) {
    Optional<String> date =
        response == null ? Optional.empty() : response.firstMatchingHeader("Date");
    try {
      return date.map(
              text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
          .orElseGet(Instant::now);
    } catch (DateTimeException e) {
      return Instant.now();
    }
  }

  @Override
  public Stored put(String name, Path file) {
    return trying(
        "write",
        name,
        "s3:PutObject",
        () -> {
          try {
            long size = Files.size(file);
            S3Upload upload = new S3Upload(client, place.bucket(), key(name), file, size);
            String tag = size > S3Upload.LARGE ? upload.inParts() : upload.once();
            return new Stored(name, size, tag, Instant.now());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public Stored put(String name, String text) {
    return trying("write", name, "s3:PutObject", () -> put(name, text, request -> {}));
  }

  @Override
  public Optional<Stored> putIfAbsent(String name, String text) {
    return conditionally(name, text, request -> request.ifNoneMatch("*"));
  }

  @Override
  public Optional<Stored> putIfMatch(String name, String text, String tag) {
    return conditionally(name, text, request -> request.ifMatch(tag));
  }

  private Optional<Stored> conditionally(
      String name, String text, Consumer<PutObjectRequest.Builder> condition) {
    return trying(
        "write",
        name,
        "s3:PutObject",
        () -> {
          try {
            return Optional.of(put(name, text, condition));
          } catch (S3Exception e) {
            if (e.statusCode() == 412 || e.statusCode() == 409) {
              return mine(name, text);
            }
            return absent(e);
          }
        });
  }

  /** A try that was taken for lost may have been heard, and the next refused because of it. */
  private Optional<Stored> mine(String name, String text) {
    return read(name)
        .filter(found -> found.text().equals(text))
        .map(found -> new Stored(name, text.getBytes(UTF_8).length, found.tag(), found.modified()));
  }

  private Stored put(String name, String text, Consumer<PutObjectRequest.Builder> condition) {
    byte[] bytes = text.getBytes(UTF_8);
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(place.bucket())
            .key(key(name))
            .overrideConfiguration(settings -> settings.apiCallTimeout(SMALL));
    condition.accept(request);
    PutObjectResponse put = client.putObject(request.build(), RequestBody.fromBytes(bytes));
    return new Stored(name, bytes.length, put.eTag(), clock(put.sdkHttpResponse()));
  }

  @Override
  public void fetch(Stored object, Path file) {
    trying(
        "fetch",
        object.name(),
        "s3:GetObject",
        () -> {
          try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
              Files.createDirectories(folder);
            }
            Path making = file.resolveSibling("." + file.getFileName() + DurableFiles.TEMPORARY);
            try {
              Files.deleteIfExists(making);
              client.getObject(
                  request ->
                      request.bucket(place.bucket()).key(key(object.name())).ifMatch(object.tag()),
                  ResponseTransformer.toFile(making));
              Files.move(making, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            } finally {
              Files.deleteIfExists(making);
            }
          } catch (S3Exception e) {
            if (e.statusCode() == 412 || e.statusCode() == 404) {
              throw TaskFailure.temporary(
                  address(object.name()) + " changed while it was read", "run again", e);
            }
            throw e;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return file;
        });
  }

  @Override
  public InputStream open(String name, long offset, long length) {
    if (length == 0) {
      return new ByteArrayInputStream(new byte[0]);
    }
    String range = "bytes=" + offset + "-" + (offset + length - 1);
    return trying(
        "read",
        name,
        "s3:GetObject",
        () ->
            client.getObject(
                request -> request.bucket(place.bucket()).key(key(name)).range(range)));
  }

  @Override
  public void list(String prefix, Consumer<Stored> each) {
    trying(
        "list",
        prefix,
        "s3:ListBucket",
        () -> {
          client
              .listObjectsV2Paginator(request -> request.bucket(place.bucket()).prefix(key(prefix)))
              .contents()
              .forEach(
                  found ->
                      each.accept(
                          new Stored(
                              name(found.key()),
                              found.size(),
                              found.eTag(),
                              found.lastModified())));
          return prefix;
        });
  }

  @Override
  public void delete(Collection<String> names) {
    List<String> all = new ArrayList<>(names);
    for (int from = 0; from < all.size(); from += BATCH) {
      List<String> batch = all.subList(from, Math.min(all.size(), from + BATCH));
      DeleteObjectsResponse answer =
          trying(
              "delete",
              batch.getFirst(),
              "s3:DeleteObject",
              () ->
                  client.deleteObjects(
                      request ->
                          request
                              .bucket(place.bucket())
                              .delete(delete -> delete.quiet(true).objects(identifiers(batch)))));
      for (S3Error error : answer.errors()) {
        throw TaskFailure.configuration(
            "delete "
                + StoragePlace.SCHEME
                + place.bucket()
                + "/"
                + error.key()
                + ": "
                + error.message(),
            "allow s3:DeleteObject on bucket "
                + place.bucket()
                + " for connection "
                + place.connection());
      }
    }
  }

  private List<ObjectIdentifier> identifiers(List<String> names) {
    return names.stream().map(name -> ObjectIdentifier.builder().key(key(name)).build()).toList();
  }

  @Override
  public List<Upload> unfinished(String prefix, Instant before) {
    return trying(
        "list uploads of",
        prefix,
        "s3:ListBucketMultipartUploads",
        () ->
            client
                .listMultipartUploadsPaginator(
                    request -> request.bucket(place.bucket()).prefix(key(prefix)))
                .uploads()
                .stream()
                .filter(upload -> upload.initiated().isBefore(before))
                .map(
                    upload -> new Upload(name(upload.key()), upload.uploadId(), upload.initiated()))
                .toList());
  }

  @Override
  public void abandon(Upload upload) {
    trying(
        "give up the upload of",
        upload.name(),
        "s3:AbortMultipartUpload",
        () -> {
          try {
            return Optional.of(
                client.abortMultipartUpload(
                    request ->
                        request
                            .bucket(place.bucket())
                            .key(key(upload.name()))
                            .uploadId(upload.id())));
          } catch (S3Exception e) {
            return absent(e);
          }
        });
  }
}
