"""What the words of the glossary mean, as frozen dataclasses; nothing here reads or writes anything."""
