"""image.json, which an image build writes: the images that hold what manifests were compiled from.

{"format": 1, "images": {"headgate": "registry/shop@sha256:…", "headgate-python": "…"},
 "commit": "…", "pipelines": "sha256 of pipelines/"}
"""

from dataclasses import dataclass
from pathlib import Path

from headgate_airflow.manifest import ManifestError, read_object

FORMAT = 1


@dataclass(frozen=True)
class Images:
    """The images of a deployment, by what they can do."""

    file: Path
    by_kind: dict[str, str]
    commit: str
    pipelines: str

    @staticmethod
    def read(file: Path) -> "Images":
        """What the file says.

        :raises ManifestError: when it is missing, or of a format that is not known
        """
        document = read_object(file, "the image build writes it; put it beside the manifests")
        if document.get("format") != FORMAT:
            raise ManifestError(
                f"{file}: format {document.get('format')} is not known, only {FORMAT}"
            )
        images = document.get("images")
        if not isinstance(images, dict) or not images:
            raise ManifestError(f"{file}: it names no images")
        return Images(
            file,
            {str(kind): str(image) for kind, image in images.items()},
            str(document.get("commit", "")),
            str(document.get("pipelines", "")),
        )

    def image(self, kind: str) -> str:
        """The image for steps of that kind; what adds Python does for those that need none.

        :raises ManifestError: when there is none
        """
        image = self.by_kind.get(kind)
        if image is None and kind == "headgate":
            image = self.by_kind.get("headgate-python")
        if image is None:
            raise ManifestError(f'{self.file}: it names no image "{kind}"')
        return image
