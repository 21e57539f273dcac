package io.diskmap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCommandsTest {
  @TempDir Path directory;
  private CliRun cli;

  @BeforeEach
  void open() throws IOException {
    cli = CliRun.twoDisks(directory);
  }

  @Test
  void a_local_file_comes_back_byte_for_byte() throws IOException {
    byte[] bytes = new byte[3 << 20];
    new Random(1).nextBytes(bytes);
    Path source = Files.write(directory.resolve("source.bin"), bytes);
    Path target = directory.resolve("target.bin");
    CliRun.Result saved = cli.run("cp", source.toString(), "a:x/y.bin");
    assertThat(saved.code()).isEqualTo(Exit.OK);
    assertThat(saved.out()).contains("x/y.bin").contains("3 145 728 bytes");
    assertThat(cli.run("cp", "a:x/y.bin", target.toString()).code()).isEqualTo(Exit.OK);
    assertThat(target).hasBinaryContent(bytes);
  }

  @Test
  void standard_input_and_output_are_a_dash() {
    cli.given("a:in.txt", "from a pipe");
    assertThat(cli.run("cp", "a:in.txt", "-").out()).isEqualTo("from a pipe");
    assertThat(cli.run("cat", "a:in.txt").out()).isEqualTo("from a pipe");
  }

  @Test
  void a_target_with_a_slash_keeps_the_name() throws IOException {
    Path source = Files.writeString(directory.resolve("n.txt"), "n");
    cli.run("cp", source.toString(), "a:dir/");
    cli.run("cp", "a:dir/n.txt", "b:");
    assertThat(cli.paths("a:")).containsExactly("dir/n.txt");
    assertThat(cli.paths("b:")).containsExactly("n.txt");
    Path local = Files.createDirectory(directory.resolve("local"));
    cli.run("cp", "b:n.txt", local.toString());
    assertThat(local.resolve("n.txt")).hasContent("n");
  }

  @Test
  void several_sources_go_below_one_prefix() throws IOException {
    Path one = Files.writeString(directory.resolve("one"), "1");
    Path two = Files.writeString(directory.resolve("two"), "2");
    assertThat(cli.run("cp", one.toString(), two.toString(), "a:both/").code()).isEqualTo(Exit.OK);
    assertThat(cli.paths("a:")).containsExactly("both/one", "both/two");
    assertThat(cli.run("cp", one.toString(), two.toString(), "a:both").code())
        .isEqualTo(Exit.USAGE);
  }

  @Test
  void files_go_from_disk_to_disk_and_on_one_disk() {
    cli.given("a:one", "1");
    assertThat(cli.run("cp", "a:one", "b:deep/two").code()).isEqualTo(Exit.OK);
    assertThat(cli.run("cp", "b:deep/two", "b:three").code()).isEqualTo(Exit.OK);
    assertThat(cli.text("b:deep/two")).isEqualTo("1");
    assertThat(cli.text("b:three")).isEqualTo("1");
    assertThat(cli.text("a:one")).isEqualTo("1");
  }

  @Test
  void if_absent_refuses_to_replace() {
    cli.given("a:one", "old");
    CliRun.Result result =
        cli.input("new".getBytes(StandardCharsets.UTF_8)).run("cp", "--if-absent", "-", "a:one");
    assertThat(result.code()).isEqualTo(Exit.FAILURE);
    assertThat(result.err()).contains("ALREADY_EXISTS").contains("remedy: ");
    assertThat(cli.text("a:one")).isEqualTo("old");
  }

  @Test
  void a_tree_goes_up_across_and_down_again() throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree/sub/deeper"));
    for (int i = 0; i < 50; i++) {
      Files.writeString(tree.resolve("f" + i), "content " + i);
    }
    Files.createSymbolicLink(tree.resolve("link"), Path.of("f1"));
    Path top = directory.resolve("tree");
    CliRun.Result up = cli.run("cp", "-r", top.toString(), "a:up");
    assertThat(up.code()).as(up.err()).isEqualTo(Exit.OK);
    assertThat(up.out()).contains("50 files").contains("1 link passed over");
    assertThat(cli.run("cp", "-r", "a:up", "b:across").code()).isEqualTo(Exit.OK);
    assertThat(cli.run("cp", "-r", "b:across", "b:again").code()).isEqualTo(Exit.OK);
    Path down = directory.resolve("down");
    assertThat(cli.run("cp", "-r", "b:again/", down.toString()).code()).isEqualTo(Exit.OK);
    for (int i = 0; i < 50; i++) {
      assertThat(down.resolve("sub/deeper/f" + i)).hasContent("content " + i);
    }
  }

  @Test
  void a_tree_is_not_copied_into_itself() {
    cli.given("a:x/f", "1");
    CliRun.Result result = cli.run("cp", "-r", "a:x", "a:x/y");
    assertThat(result.code()).isEqualTo(Exit.USAGE);
    assertThat(cli.paths("a:")).containsExactly("x/f");
  }

  @Test
  void a_tree_with_a_name_no_disk_can_hold_moves_nothing() throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    Files.writeString(tree.resolve("a-first"), "1");
    Files.writeString(tree.resolve("back\\slash"), "2");
    CliRun.Result result = cli.run("cp", "-r", tree.toString(), "a:x");
    assertThat(result.code()).isEqualTo(Exit.USAGE);
    assertThat(result.err()).contains("PATH_INVALID");
    assertThat(cli.paths("a:")).isEmpty();
  }

  @Test
  void ls_shows_one_level_or_all() {
    cli.given("a:d/e/f", "12345");
    cli.given("a:d/g", "1");
    assertThat(cli.run("ls", "-1", "a:d").lines()).containsExactly("d/e/", "d/g");
    assertThat(cli.run("ls", "-1", "a:").lines()).containsExactly("d/");
    assertThat(cli.run("ls", "-1", "-r", "a:d/").lines()).containsExactly("d/e/f", "d/g");
    assertThat(cli.run("ls", "-r", "a:d").lines().get(0))
        .matches(" +5  20..-..-..T..:..:..Z  d/e/f");
    assertThat(cli.run("ls", "-r", "-H", "a:d").lines().get(0)).contains("  5 B  ");
    assertThat(cli.run("ls", "-1", "a:d/g").lines()).containsExactly("d/g");
    assertThat(cli.run("ls").lines()).containsExactly("a:", "b:", "ro:");
    assertThat(cli.run("ls", "b:").code()).isEqualTo(Exit.OK);
  }

  @Test
  void stat_shows_what_the_store_knows() {
    cli.input("{}".getBytes(StandardCharsets.UTF_8))
        .run("cp", "--sha256", "--content-type", "application/json", "-", "a:s");
    CliRun.Result result = cli.run("stat", "a:s");
    assertThat(result.out())
        .contains("size       2")
        .contains("type       application/json")
        .contains("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  }

  @Test
  void cat_gives_ranges() {
    cli.given("a:digits", "0123456789");
    assertThat(cli.run("cat", "--offset", "3", "--first", "4", "a:digits").out()).isEqualTo("3456");
    assertThat(cli.run("cat", "--last", "2", "a:digits").out()).isEqualTo("89");
    assertThat(cli.run("cat", "--offset", "8", "a:digits").out()).isEqualTo("89");
    assertThat(cli.run("cat", "a:digits", "a:digits").out()).isEqualTo("01234567890123456789");
    assertThat(cli.run("cat", "--last", "2", "--first", "1", "a:digits").code())
        .isEqualTo(Exit.USAGE);
  }

  @Test
  void mv_moves_on_a_disk_and_between_two() {
    cli.given("a:one", "1");
    assertThat(cli.run("mv", "a:one", "a:dir/").code()).isEqualTo(Exit.OK);
    assertThat(cli.paths("a:")).containsExactly("dir/one");
    CliRun.Result between = cli.run("mv", "a:dir/one", "b:two");
    assertThat(between.code()).as(between.err()).isEqualTo(Exit.OK);
    assertThat(cli.paths("a:")).isEmpty();
    assertThat(cli.text("b:two")).isEqualTo("1");
  }

  @Test
  void du_counts_bytes_and_files() {
    cli.given("a:d/one", "12345");
    cli.given("a:d/two", "123");
    cli.given("a:dx", "1");
    assertThat(cli.run("du", "a:d").out()).contains(" 8 ").contains("2 files").contains("a:d");
    assertThat(cli.run("du", "--json", "a:d").out())
        .isEqualToIgnoringNewLines("{\"disk\":\"a\",\"prefix\":\"d\",\"files\":2,\"bytes\":8}");
  }

  @Test
  void rm_deletes_files_and_says_what_was_not_there() {
    cli.given("a:one", "1");
    assertThat(cli.run("rm", "a:one").out()).contains("deleted a:one");
    CliRun.Result again = cli.run("rm", "a:one");
    assertThat(again.code()).isEqualTo(Exit.NOT_FOUND);
    assertThat(again.err()).contains("NOT_FOUND");
    assertThat(cli.run("rm", "-f", "a:one").code()).isEqualTo(Exit.OK);
  }

  @Test
  void rm_r_deletes_what_is_below_and_nothing_beside() {
    cli.given("a:d/one", "1");
    cli.given("a:d/e/two", "2");
    cli.given("a:dx", "3");
    assertThat(cli.run("rm", "-r", "--dry-run", "a:d").out()).contains("would delete 2 files");
    assertThat(cli.run("rm", "-r", "a:d").out()).contains("deleted 2 files, 2 bytes");
    assertThat(cli.paths("a:")).containsExactly("dx");
    assertThat(cli.run("rm", "-r", "a:d").code()).isEqualTo(Exit.NOT_FOUND);
    assertThat(cli.run("rm", "-r", "-f", "a:d").code()).isEqualTo(Exit.OK);
  }

  @Test
  void a_whole_disk_goes_only_with_all() {
    cli.given("a:one", "1");
    for (String disk : new String[] {"a:", "a:/"}) {
      CliRun.Result refused = cli.run("rm", "-r", disk);
      assertThat(refused.code()).isEqualTo(Exit.USAGE);
      assertThat(refused.err()).contains("--all");
    }
    assertThat(cli.paths("a:")).containsExactly("one");
    assertThat(cli.run("rm", "-r", "--all", "a:").code()).isEqualTo(Exit.OK);
    assertThat(cli.paths("a:")).isEmpty();
  }

  @Test
  void cleanup_goes_by_age_and_names_its_prefix() {
    cli.given("a:tmp/one", "1");
    assertThat(cli.run("cleanup", "a:tmp", "--older-than", "4h").out())
        .contains("deleted 0 files")
        .contains("kept 1 file");
    assertThat(cli.run("cleanup", "a:", "--older-than", "4h").code()).isEqualTo(Exit.USAGE);
    assertThat(cli.run("cleanup").code()).isEqualTo(Exit.USAGE);
    assertThat(cli.run("cleanup", "a:tmp", "--older-than", "yesterday").code())
        .isEqualTo(Exit.USAGE);
    assertThat(cli.paths("a:")).containsExactly("tmp/one");
  }

  @Test
  void unusual_names_are_kept_exactly() {
    for (String name :
        new String[] {"größe ✓ 🙂", "a b ", "ends.", "100%25", "-dash", "semi;colon", "q\"uote"}) {
      cli.given("a:names/" + name, name);
      assertThat(cli.text("a:names/" + name)).isEqualTo(name);
    }
    assertThat(cli.paths("a:names")).hasSize(7).contains("names/größe ✓ 🙂", "names/a b ");
  }

  @Test
  void json_answers_are_one_object_a_line() {
    cli.given("a:d/one", "1");
    assertThat(cli.run("ls", "-r", "--json", "a:").out())
        .startsWith("{\"disk\":\"a\",\"path\":\"d/one\",\"type\":\"file\",\"size\":1,");
    assertThat(cli.run("ls", "--json", "a:").out())
        .isEqualToIgnoringNewLines("{\"disk\":\"a\",\"path\":\"d\",\"type\":\"directory\"}");
    assertThat(cli.run("stat", "--json", "a:d/one").out()).contains("\"checksums\":{");
    assertThat(cli.run("health", "--json").lines()).hasSize(3).allMatch(l -> l.contains("true"));
    assertThat(cli.run("version", "--json").out()).contains("\"drivers\":[\"local\"");
    assertThat(cli.run("config", "check", "--json").out()).contains("{\"ok\":true}");
    assertThat(cli.run("rm", "--json", "a:d/one").out()).contains("\"deleted\":true");
    assertThat(cli.run("cleanup", "--json", "--all", "a:").out()).contains("\"kept\":0");
    assertThat(cli.run("doctor", "--json", "a").lines()).allMatch(l -> l.startsWith("{\"disk\""));
  }
}
