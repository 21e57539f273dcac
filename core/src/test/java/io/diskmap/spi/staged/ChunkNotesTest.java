package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.spi.staged.UploadRecord.ChunkEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkNotesTest {
  private final ChunkNotes notes = new ChunkNotes();

  private static ChunkEntry entry(int crc) {
    return new ChunkEntry(10, crc, false);
  }

  @Test
  void chunks_that_follow_one_another_are_noted_together() {
    notes.add(5, entry(5));
    notes.add(3, entry(3));
    notes.add(7, entry(7));
    notes.add(4, entry(4));
    assertThat(notes.take()).hasValue(new ChunkNotes.Run(3, List.of(entry(3), entry(4), entry(5))));
    assertThat(notes.take()).hasValue(new ChunkNotes.Run(7, List.of(entry(7))));
    assertThat(notes.take()).isEmpty();
  }

  @Test
  void the_first_chunk_is_due_at_once_and_then_every_sixteenth() {
    assertThat(notes.add(0, entry(0))).isTrue();
    assertThat(notes.take()).isPresent();
    for (int index = 1; index <= 15; index++) {
      notes.add(index, entry(index));
    }
    assertThat(notes.add(16, entry(16))).isTrue();
    assertThat(notes.take().orElseThrow().entries()).hasSize(16);
  }
}
