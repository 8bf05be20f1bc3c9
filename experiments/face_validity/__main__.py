"""Write the documents of face validity anew: ``python -m experiments.face_validity``."""

from pathlib import Path

from experiments.face_validity.document import write_documents
from experiments.face_validity.experiment import all_findings

if __name__ == "__main__":
    found = all_findings()
    for name, own in found.items():
        for one in own:
            wrong = "" if one.direction == one.expected else f"  NOT AS EXPECTED ({one.expected})"
            print(f"{name}: {one.measure} {one.before:.4g} -> {one.after:.4g}{wrong}")
    write_documents(found, Path(__file__).resolve().parents[2] / "docs")
