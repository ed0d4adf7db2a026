# spotvane_library(<name> HEADERS ... [SOURCES ...] [LINKS ...] [USES ...] [TESTS ...])
#
# One folder, one library. Folders are added bottom up in the top CMakeLists.txt, and a library may
# link only what was added before it: an upward dependency stops the configure step.
# LINKS are seen by whoever links the library; USES are its own affair (an adapter's outside library).
function(spotvane_library name)
  cmake_parse_arguments(arg "" "" "HEADERS;SOURCES;LINKS;USES;TESTS" ${ARGN})
  foreach(link IN LISTS arg_LINKS arg_USES)
    if(link MATCHES "^spotvane::" AND NOT TARGET ${link})
      message(FATAL_ERROR "${name} must not link ${link}, which stands above it")
    endif()
  endforeach()

  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC ${arg_LINKS} PRIVATE ${arg_USES} spotvane::settings)
    # Most of a file's compilation is reading headers.
    set_target_properties(${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 16)
    set(headers_are PUBLIC)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_LINKS})
    set(headers_are INTERFACE)
  endif()
  add_library(spotvane::${name} ALIAS ${name})
  target_sources(${name} ${headers_are}
    FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${arg_HEADERS})
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)

  if(BUILD_TESTING AND arg_TESTS)
    spotvane_test(${name}_test SOURCES ${arg_TESTS} LINKS spotvane::${name} ${arg_USES})
  endif()
endfunction()

# spotvane_test(<name> SOURCES ... LINKS ...)
#
# One binary and one ctest entry: starting a sanitized process for each case would cost more than the
# cases do.
function(spotvane_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} spotvane::settings spotvane::test_support GTest::gmock_main)
  target_compile_definitions(${name} PRIVATE
    SPOTVANE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SPOTVANE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
endfunction()
