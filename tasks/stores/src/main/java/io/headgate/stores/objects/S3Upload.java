package io.headgate.stores.objects;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** One large file in parts. Parts are read from the file as they are sent, never kept in memory. */
final class S3Upload {
  /** Files up to this size go in one request. */
  static final long LARGE = Long.getLong("headgate.s3.large", 16L << 20);

  private static final long PART = 8L << 20;
  private static final int MOST_PARTS = 10_000;
  private static final int AT_A_TIME = 4;
  private static final int BUFFER = 1 << 16;
  private static final String BYTES = "application/octet-stream";

  private final S3Client client;
  private final String bucket;
  private final String key;
  private final Path file;
  private final long size;

  S3Upload(S3Client client, String bucket, String key, Path file, long size) {
    this.client = client;
    this.bucket = bucket;
    this.key = key;
    this.file = file;
    this.size = size;
  }

  /** The whole file in one request. */
  String once() {
    return client.putObject(request -> request.bucket(bucket).key(key), body(0, size)).eTag();
  }

  /** In parts; what was sent is given up when it fails. */
  String inParts() {
    String id = client.createMultipartUpload(request -> request.bucket(bucket).key(key)).uploadId();
    try {
      List<CompletedPart> parts = parts(id);
      return client
          .completeMultipartUpload(
              request ->
                  request
                      .bucket(bucket)
                      .key(key)
                      .uploadId(id)
                      .multipartUpload(upload -> upload.parts(parts)))
          .eTag();
    } catch (SdkException | UncheckedIOException e) {
      abandon(id, e);
      throw e;
    }
  }

  /** Best effort: what stays is found by {@code headgate clean}. */
  private void abandon(String id, RuntimeException because) {
    boolean interrupted = Thread.interrupted();
    try {
      client.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(id));
    } catch (SdkException e) {
      because.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private List<CompletedPart> parts(String id) {
    long part = Math.max(PART, (size + MOST_PARTS - 1) / MOST_PARTS);
    Semaphore turns = new Semaphore(AT_A_TIME);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<CompletedPart>> sent = new ArrayList<>();
      try {
        for (long offset = 0; offset < size; offset += part) {
          int number = sent.size() + 1;
          long from = offset;
          turns.acquire();
          stopAtFailure(sent);
          sent.add(
              threads.submit(
                  () -> {
                    try {
                      return part(id, number, from, Math.min(part, size - from));
                    } finally {
                      turns.release();
                    }
                  }));
        }
        List<CompletedPart> parts = new ArrayList<>();
        for (Future<CompletedPart> future : sent) {
          parts.add(future.get());
        }
        return parts;
      } catch (ExecutionException e) {
        sent.forEach(future -> future.cancel(true));
        throw rethrown(e);
      } catch (InterruptedException e) {
        sent.forEach(future -> future.cancel(true));
        Thread.currentThread().interrupt();
        throw AbortedException.create("interrupted", e);
      }
    }
  }

  private static void stopAtFailure(List<Future<CompletedPart>> sent)
      throws ExecutionException, InterruptedException {
    for (Future<CompletedPart> future : sent) {
      if (future.state() == Future.State.FAILED) {
        future.get();
      }
    }
  }

  private static RuntimeException rethrown(ExecutionException e) {
    return e.getCause() instanceof RuntimeException cause
        ? cause
        : new IllegalStateException(e.getCause());
  }

  private CompletedPart part(String id, int number, long offset, long length) {
    String tag =
        client
            .uploadPart(
                request -> request.bucket(bucket).key(key).uploadId(id).partNumber(number),
                body(offset, length))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  private RequestBody body(long offset, long length) {
    return RequestBody.fromContentProvider(() -> stretch(offset, length), length, BYTES);
  }

  private InputStream stretch(long offset, long length) {
    try {
      RandomAccessFile open = new RandomAccessFile(file.toFile(), "r");
      open.seek(offset);
      return new BufferedInputStream(
          new Stretch(Channels.newInputStream(open.getChannel()), length), BUFFER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
