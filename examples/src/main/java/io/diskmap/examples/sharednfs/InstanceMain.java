package io.diskmap.examples.sharednfs;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;

/**
 * One of several instances on a shared export: saves a file of its own, tells the others, and ends
 * once it has read the files of all of them.
 *
 * <p>Arguments: the disk map, this instance's name, and how many there are.
 */
public final class InstanceMain {
  private static final long PAUSE_MILLIS = 200;

  private InstanceMain() {}

  /** Runs until it has met the others. */
  public static void main(String[] args) throws IOException, InterruptedException {
    String name = args[1];
    int others = Integer.parseInt(args[2]) - 1;
    try (StorageManager storages = StorageManager.open(DiskMap.read(Path.of(args[0])))) {
      Storage team = storages.disk("team");
      Notes notes = new Notes(team, name, Clock.systemUTC());
      String file = "results/" + name + "/result.txt";
      team.save(file, Content.of("result of " + name));
      notes.leave(file);
      Set<String> met = new HashSet<>();
      while (met.size() < others) {
        for (Note note : notes.news()) {
          System.out.println(name + " reads of " + note.author() + ": " + read(team, note.text()));
          met.add(note.author());
        }
        Thread.sleep(PAUSE_MILLIS);
      }
      System.out.println(name + " met all");
    }
  }

  private static String read(Storage team, String path) throws IOException {
    try (Download in = team.download(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
