package io.headgate.model.connection;

import io.headgate.api.Description;
import java.util.Optional;

/** Keys of a connection of kind {@code s3}. */
@Description(
    "An object store that speaks S3. Without access_key the credentials come from the environment,"
        + " the profile, a web identity or the container, as for every AWS tool.")
public record S3Keys(
    @Description(value = "Address of the store; AWS if left out.", example = "https://minio:9000")
        Optional<String> endpoint,
    @Description("The region; that of the environment or us-east-1 if left out.")
        Optional<String> region,
    @Description(value = "The access key, as a reference.", example = "${env:S3_ACCESS_KEY}")
        Optional<String> accessKey,
    @Description(value = "The secret key, as a reference.", example = "${env:S3_SECRET_KEY}")
        Optional<String> secretKey,
    @Description("The token of temporary credentials, as a reference.")
        Optional<String> sessionToken,
    @Description(
            "Whether the bucket stands in the path rather than in the host's name; true with"
                + " endpoint, else false.")
        Optional<Boolean> pathStyle,
    @Description("A PEM file of the authorities that are trusted; relative to the project.")
        Optional<String> ca,
    @Description(value = "A proxy on the way to the store.", example = "http://proxy:3128")
        Optional<String> proxy) {
  public S3Keys {
    if (accessKey.isPresent() != secretKey.isPresent()) {
      throw new IllegalArgumentException("access_key and secret_key go together; write both");
    }
    if (sessionToken.isPresent() && accessKey.isEmpty()) {
      throw new IllegalArgumentException("session_token goes with access_key and secret_key");
    }
  }
}
