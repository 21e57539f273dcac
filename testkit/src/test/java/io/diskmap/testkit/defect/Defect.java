package io.diskmap.testkit.defect;

import io.diskmap.spi.StorageDriver;
import java.util.List;
import java.util.function.UnaryOperator;

/** The planted defects: what is wrong, and which tests of the contract find it. */
enum Defect {
  IF_ABSENT_BY_LOOKING(
      "a new file is made by looking first and writing then",
      SavingDefects::ifAbsentByLooking,
      "of_racing_savers_of_a_new_file_exactly_one_wins",
      "of_racing_uploads_of_a_new_file_exactly_one_wins"),
  IF_ABSENT_IGNORED(
      "a save of a new file replaces the old one",
      SavingDefects::ifAbsentIgnored,
      "a_new_file_is_refused_where_one_exists",
      "a_condition_is_decided_at_the_commit"),
  IF_MATCH_BY_LOOKING(
      "a replace of one version looks first and writes then",
      SavingDefects::ifMatchByLooking,
      "of_racing_savers_of_one_version_exactly_one_wins"),
  WRITES_IN_PLACE(
      "chunks are visible as they arrive",
      SavingDefects::writesInPlace,
      "a_save_on_its_way_is_seen_by_nobody",
      "readers_see_the_whole_old_file_or_the_whole_new_one",
      "a_source_that_fails_leaves_the_old_content"),
  CLOSE_COMMITS(
      "closing an unfinished save publishes what is there",
      SavingDefects::closeCommits,
      "a_source_that_fails_leaves_the_old_content",
      "closing_without_a_commit_aborts"),
  CLOSE_KEEPS_STAGED(
      "closing an unfinished save leaves its staged bytes",
      SavingDefects::closeKeepsStaged,
      "a_source_that_fails_leaves_the_old_content",
      "closing_without_a_commit_aborts"),
  LAST_CHUNK_LOST(
      "the last, shorter chunk is dropped",
      SavingDefects::lastChunkLost,
      "content_of_any_size_comes_back_byte_for_byte",
      "chunks_in_order_make_the_file"),
  CHUNKS_IN_ORDER_OF_ARRIVAL(
      "chunks are laid down in the order in which they come",
      SavingDefects::chunksInOrderOfArrival,
      "chunks_in_any_order_make_the_same_file"),
  OTHER_BYTES_ACCEPTED(
      "other bytes for a stored chunk are dropped without a word",
      SavingDefects::otherBytesAccepted,
      "other_bytes_in_the_place_of_a_chunk_are_refused"),
  CHECKSUM_IGNORED(
      "an upload is published whatever checksum was expected",
      SavingDefects::checksumIgnored,
      "an_upload_with_another_checksum_than_expected_is_refused"),
  RESUME_LOSES_A_CHUNK(
      "a resumed upload has forgotten its last chunk",
      SavingDefects::resumeLosesAChunk,
      "a_detached_upload_goes_on_by_its_id_alone"),
  RECEIVED_HIDES_GAPS(
      "an upload claims to have everything up to its highest chunk",
      SavingDefects::receivedHidesGaps,
      "a_gap_refuses_the_commit_and_can_be_filled"),
  GAPS_ARE_ZEROS(
      "a missing chunk is published as zeros",
      SavingDefects::gapsAreZeros,
      "a_gap_refuses_the_commit_and_can_be_filled"),
  STAGED_BY_PATH(
      "two uploads of one path share what is staged",
      SavingDefects::stagedByPath,
      "uploads_of_one_path_do_not_share_their_chunks"),
  COMMITS_TWICE(
      "a repeated commit publishes again",
      SavingDefects::commitsTwice,
      "a_commit_repeated_gives_the_same_answer"),
  ATTRIBUTES_LOST(
      "attributes are dropped",
      SavingDefects::attributesLost,
      "attributes_are_kept_with_the_file",
      "a_copy_takes_attributes_and_type_with_it"),
  ATTRIBUTES_STICK(
      "a replace keeps the attributes of the old file",
      SavingDefects::attributesStick,
      "attributes_belong_to_one_version_of_the_file"),
  BORN_OLD(
      "a file has the time at which its save began",
      MetadataDefects::bornOld,
      "a_slow_upload_is_not_born_old"),
  TAG_OF_THE_SIZE(
      "the version tag is made of the size alone",
      MetadataDefects::tagOfTheSize,
      "a_version_tag_changes_with_every_content"),
  TAG_DIFFERS_IN_LISTINGS(
      "a listing shows other version tags than the metadata",
      MetadataDefects::tagDiffersInListings,
      "each_entry_carries_what_the_metadata_says"),
  SIZES_MISSING_IN_LISTINGS(
      "a listing shows no sizes",
      MetadataDefects::sizesMissingInListings,
      "each_entry_carries_what_the_metadata_says",
      "a_listing_of_many_files_misses_none"),
  DIRECTORY_AS_A_FILE(
      "a directory has metadata as a file has",
      MetadataDefects::directoryAsAFile,
      "a_missing_file_is_not_found_by_every_call"),
  REMEMBERS_THE_MISSING(
      "what was missing once is missing for good",
      MetadataDefects::remembersTheMissing,
      "nothing_is_remembered_of_a_file_that_was_not_there"),
  PERCENT_DECODED(
      "percent signs in paths are decoded",
      NamingDefects::percentDecoded,
      "names_that_a_careless_store_confuses_stay_apart"),
  CASE_FOLDED(
      "paths are folded to lower case",
      NamingDefects::caseFolded,
      "names_that_differ_only_in_case_stay_apart"),
  TRIMMED(
      "dots and blanks at the end of a segment are cut off",
      NamingDefects::trimmed,
      "names_that_a_careless_store_confuses_stay_apart"),
  NORMALISED(
      "paths are normalised to NFC",
      NamingDefects::normalised,
      "names_that_a_careless_store_confuses_stay_apart"),
  CUT_AT_A_HUNDRED(
      "a listing ends after 100 entries",
      ListingDefects::cutAtAHundred,
      "a_listing_of_many_files_misses_none",
      "a_listing_of_random_names_equals_the_model"),
  UTF16_ORDER(
      "a listing is sorted by UTF-16 units",
      ListingDefects::utf16Order,
      "a_listing_is_sorted_by_utf8_bytes_of_the_whole_path"),
  SEGMENT_ORDER(
      "a listing is sorted segment by segment",
      ListingDefects::segmentOrder,
      "a_listing_is_sorted_by_utf8_bytes_of_the_whole_path"),
  START_AFTER_INCLUSIVE(
      "a listing begins with the token itself",
      ListingDefects::startAfterInclusive,
      "start_after_is_exclusive_and_needs_no_such_file",
      "pages_of_any_size_give_each_entry_once"),
  TOKEN_MUST_EXIST(
      "a token whose file is gone begins from the start",
      ListingDefects::tokenMustExist,
      "a_token_survives_the_delete_of_its_file",
      "start_after_is_exclusive_and_needs_no_such_file"),
  PAGES_BY_NUMBER(
      "a listing goes on by the number of entries given",
      ListingDefects::pagesByNumber,
      "an_open_listing_survives_deletes_around_its_place"),
  PREFIX_OF_TEXT_LISTED(
      "a prefix is taken as the start of a text",
      ListingDefects::prefixOfTextListed,
      "a_prefix_is_whole_segments"),
  UNKNOWN_PREFIX_FAILS(
      "a listing of an unknown prefix fails",
      ListingDefects::unknownPrefixFails,
      "an_unknown_prefix_is_empty"),
  STAGED_IS_LISTED(
      "a listing shows what is staged",
      ListingDefects::stagedIsListed,
      "a_save_on_its_way_is_seen_by_nobody",
      "listings_never_show_a_staged_name_while_savers_work"),
  PREFIX_OF_TEXT_DELETED(
      "a delete of a prefix takes its siblings",
      DeletingDefects::prefixOfTextDeleted,
      "a_prefix_spares_its_siblings"),
  PREFIX_TAKES_THE_FILE(
      "a delete of a prefix takes the file of that name",
      DeletingDefects::prefixTakesTheFile,
      "a_prefix_that_is_a_file_deletes_nothing"),
  DRY_RUN_DELETES(
      "a dry run deletes", DeletingDefects::dryRunDeletes, "a_dry_run_counts_and_deletes_nothing"),
  MISSING_IS_AN_ERROR(
      "deleting a missing file fails",
      DeletingDefects::missingIsAnError,
      "deleting_a_missing_file_is_success"),
  CONDITION_OF_DELETE_IGNORED(
      "a delete takes whatever version is there",
      DeletingDefects::conditionIgnored,
      "a_delete_of_another_version_is_refused"),
  CONDITION_OF_DELETE_BY_LOOKING(
      "a delete of one version looks first and deletes then",
      DeletingDefects::conditionByLooking,
      "a_delete_on_condition_never_takes_a_newer_file"),
  PARENTS_STAY(
      "empty directories stay after a delete",
      DeletingDefects::parentsStay,
      "empty_parents_disappear",
      "an_emptied_directory_does_not_stand_in_the_way"),
  MOVE_LEAVES_THE_SOURCE(
      "a move leaves its source",
      DeletingDefects::moveLeavesTheSource,
      "a_move_leaves_nothing_behind"),
  LAST_BYTES_AS_FIRST(
      "the last bytes are counted from the start",
      ReadingDefects::lastBytesAsFirst,
      "every_range_gives_exactly_its_bytes"),
  MIXES_VERSIONS(
      "a reader opens the path again for each block",
      ReadingDefects::mixesVersions,
      "a_reader_keeps_the_old_content_through_a_save",
      "readers_see_the_whole_old_file_or_the_whole_new_one"),
  ENDS_EARLY(
      "a reader ends before the last byte",
      ReadingDefects::endsEarly,
      "content_of_any_size_comes_back_byte_for_byte"),
  SHORT_READ_FILLED_UP(
      "a short read is passed on as a full block",
      ReadingDefects::shortReadFilledUp,
      "content_of_any_size_comes_back_byte_for_byte"),
  READS_ANY_VERSION(
      "a download on condition gives any version",
      ReadingDefects::readsAnyVersion,
      "a_download_on_condition_of_another_version_is_refused"),
  LEAKS_A_CHUNK(
      "a chunk is not given back",
      LeakingDefects::leaksAChunk,
      "content_of_any_size_comes_back_byte_for_byte"),
  LEAKS_A_THREAD(
      "each download leaves a thread behind",
      LeakingDefects::leaksAThread,
      "closing_early_returns_at_once_and_leaks_nothing"),
  LEAKS_A_DESCRIPTOR(
      "each download leaves an open file behind",
      LeakingDefects::leaksADescriptor,
      "closing_early_returns_at_once_and_leaks_nothing"),
  INTERRUPT_SPREADS(
      "an interrupt of one caller breaks the session of all",
      LeakingDefects::interruptSpreads,
      "interrupting_one_caller_disturbs_no_other"),
  PROBES_BY_WRITING(
      "the health check leaves a file behind",
      LeakingDefects::probesByWriting,
      "a_read_only_disk_refuses_changes_and_is_never_written");

  private final String sentence;
  private final UnaryOperator<StorageDriver> planting;
  private final List<String> foundBy;

  Defect(String sentence, UnaryOperator<StorageDriver> planting, String... foundBy) {
    this.sentence = sentence;
    this.planting = planting;
    this.foundBy = List.of(foundBy);
  }

  /** What is wrong. */
  String sentence() {
    return sentence;
  }

  /** The tests that find it, each by itself. */
  List<String> foundBy() {
    return foundBy;
  }

  /** The sound driver with the defect in it. */
  StorageDriver plant(StorageDriver sound) {
    return planting.apply(sound);
  }
}
