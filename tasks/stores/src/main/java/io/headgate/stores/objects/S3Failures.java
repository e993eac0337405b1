package io.headgate.stores.objects;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** What errors of S3 mean for a task. */
final class S3Failures {
  private final String bucket;
  private final String connection;

  S3Failures(String bucket, String connection) {
    this.bucket = bucket;
    this.connection = connection;
  }

  /**
   * The failure to throw.
   *
   * @param what what was tried with which object, such as {@code write s3://landing/a}
   * @param right what it takes, such as {@code s3:PutObject}
   */
  TaskFailure of(String what, String right, SdkException error) {
    if (error instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      Thread.currentThread().interrupt();
      return TaskFailure.stopped("stopped: " + what);
    }
    return error instanceof AwsServiceException answer
        ? answered(what, right, answer)
        : unanswered(what, error);
  }

  private TaskFailure answered(String what, String right, AwsServiceException error) {
    String code =
        error.awsErrorDetails() == null || error.awsErrorDetails().errorCode() == null
            ? ""
            : error.awsErrorDetails().errorCode();
    String detail =
        error.awsErrorDetails() == null || error.awsErrorDetails().errorMessage() == null
            ? "status " + error.statusCode()
            : firstLine(error.awsErrorDetails().errorMessage());
    return switch (code) {
      case "NoSuchBucket" ->
          configuration(
              what + ": there is no bucket " + bucket, "make it, or correct the address", error);
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AuthFailure" ->
          configuration(
              what + ": the store refuses the credentials of connection " + connection,
              "check access_key and secret_key",
              error);
      case "ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException" ->
          configuration(
              what + ": the credentials of connection " + connection + " have expired",
              "renew them",
              error);
      case "RequestTimeTooSkewed" ->
          configuration(
              what + ": this machine's clock differs from the store's", "set the clock", error);
      case "AccessDenied", "AllAccessDisabled", "AccountProblem" -> denied(what, right, error);
      case "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
          configuration(
              what + ": bucket " + bucket + " is in another region (" + detail + ")",
              "set region of connection " + connection,
              error);
      case "NotImplemented", "MethodNotAllowed" ->
          configuration(what + ": the store cannot do that (" + detail + ")", "", error);
      case "QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "XMinioStorageFull" ->
          TaskFailure.temporary(
              what + ": the store is full or over its quota (" + detail + ")",
              "free some space, such as with headgate clean, or raise the quota",
              error);
      default -> byStatus(what, right, error, code.isEmpty() ? detail : code + ", " + detail);
    };
  }

  private TaskFailure byStatus(
      String what, String right, AwsServiceException error, String detail) {
    int status = error.statusCode();
    if (status == 403 || status == 401) {
      return denied(what, right, error);
    }
    if (status == 404) {
      return TaskFailure.temporary(what + ": it is not there", "run again", error);
    }
    if (status == 412 || status == 409) {
      return TaskFailure.temporary(what + ": another wrote it meanwhile", "run again", error);
    }
    if (status == 507) {
      return TaskFailure.temporary(what + ": the store is full", "free some space", error);
    }
    if (status == 429 || status >= 500) {
      return TaskFailure.temporary(
          what + ": the store is busy or broken (" + detail + ")", "run again later", error);
    }
    return configuration(what + ": the store refuses it (" + detail + ")", "", error);
  }

  private TaskFailure denied(String what, String right, AwsServiceException error) {
    return configuration(
        what + ": access denied",
        "allow " + right + " on bucket " + bucket + " for connection " + connection,
        error);
  }

  private TaskFailure unanswered(String what, SdkException error) {
    String text = texts(error).toLowerCase(Locale.ROOT);
    if (text.contains("unable to load credentials")
        || text.contains("unable to load an aws")
        || text.contains("webidentitytoken")) {
      return configuration(
          what + ": no credentials were found",
          "set access_key and secret_key of connection " + connection + ", or AWS_ACCESS_KEY_ID …",
          error);
    }
    if (StoreFailures.cause(error, CertPathBuilderException.class).isPresent()
        || text.contains("pkix path")) {
      return configuration(
          what + ": the store's certificate is signed by an unknown authority",
          "set ca of connection " + connection + " to a PEM file of the authority",
          error);
    }
    if (StoreFailures.cause(error, SSLPeerUnverifiedException.class).isPresent()
        || text.contains("subject alternative")) {
      return configuration(
          what + ": the store's certificate is for another name",
          "set endpoint of connection " + connection + " to the name in the certificate",
          error);
    }
    if (text.contains("unrecognized ssl message") || text.contains("plaintext connection")) {
      return configuration(
          what + ": the store does not speak TLS", "write http:// in endpoint", error);
    }
    Optional<IOException> broken = StoreFailures.cause(error, IOException.class);
    if (text.contains("no space left") && broken.isPresent()) {
      return StoreFailures.of(what, broken.get());
    }
    if (StoreFailures.cause(error, UnknownHostException.class).isPresent()) {
      return away(what, "its name is not known", error);
    }
    if (StoreFailures.cause(error, ConnectException.class).isPresent()) {
      return away(what, "nothing answers there", error);
    }
    if (StoreFailures.cause(error, SSLException.class).isPresent()) {
      return away(what, "TLS failed", error);
    }
    return away(what, broken.map(IOException::getMessage).orElse("no answer"), error);
  }

  private TaskFailure away(String what, @Nullable String why, SdkException error) {
    return TaskFailure.temporary(
        what + ": the store cannot be reached (" + firstLine(String.valueOf(why)) + ")",
        "check endpoint of connection " + connection + ", and run again",
        error);
  }

  private static TaskFailure configuration(String line, String remedy, SdkException error) {
    return new TaskFailure(ExitCode.CONFIGURATION, line, remedy, error);
  }

  private static String texts(Throwable error) {
    StringBuilder text = new StringBuilder();
    for (Throwable at = error; at != null; at = at.getCause()) {
      text.append(at.getMessage()).append('\n');
    }
    return text.toString();
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }
}
