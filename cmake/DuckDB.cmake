# DuckDB::duckdb: its C header, and the way to its shared library.
#
# Nothing links the library: it is 70 MB, and only the commands that touch the archive load it
# (adapters/lake/duckdb_api.cpp), by name. So every executable is told where to look.
set(SPOTVANE_DUCKDB_ROOT "" CACHE PATH "A DuckDB 1.5 to use (include/duckdb.h, lib/libduckdb.so) instead of fetching one")

if(SPOTVANE_DUCKDB_ROOT)
  find_path(duckdb_include duckdb.h PATHS ${SPOTVANE_DUCKDB_ROOT} PATH_SUFFIXES include
    NO_DEFAULT_PATH NO_CACHE REQUIRED)
  find_library(duckdb_library duckdb PATHS ${SPOTVANE_DUCKDB_ROOT} PATH_SUFFIXES lib lib64 lib/x86_64-linux-gnu
    NO_DEFAULT_PATH NO_CACHE REQUIRED)
  cmake_path(GET duckdb_library PARENT_PATH duckdb_library_folder)
  set(CMAKE_INSTALL_RPATH ${duckdb_library_folder})
else()
  set(duckdb_root ${PROJECT_SOURCE_DIR}/build/deps/duckdb)  # one for all presets
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/fetch-duckdb ${duckdb_root} RESULT_VARIABLE duckdb_failed)
  if(duckdb_failed)
    message(FATAL_ERROR "no DuckDB (see above)")
  endif()
  set(duckdb_include ${duckdb_root}/include)
  set(duckdb_library_folder ${duckdb_root}/lib)
  # Beside an installed program, and below the one just built, which finds it by the same words: one
  # with an RPATH of its own to be replaced on installing would end it with a colon, an empty entry,
  # by which every library is looked for in the current folder.
  set(CMAKE_INSTALL_RPATH $ORIGIN/../lib/spotvane $ORIGIN/lib/spotvane)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib/spotvane)
  file(CREATE_LINK ${duckdb_library_folder}/libduckdb.so ${CMAKE_BINARY_DIR}/lib/spotvane/libduckdb.so SYMBOLIC)
  install(FILES ${duckdb_library_folder}/libduckdb.so DESTINATION lib/spotvane)
  install(FILES ${duckdb_root}/LICENSE DESTINATION share/doc/spotvane RENAME LICENSE.duckdb)
endif()
set(CMAKE_BUILD_RPATH ${duckdb_library_folder})

# RPATH rather than RUNPATH: the sanitizers put themselves between us and dlopen, and a RUNPATH counts
# only for the very object that calls.
add_link_options(LINKER:--disable-new-dtags)

add_library(DuckDB::duckdb INTERFACE IMPORTED)
target_include_directories(DuckDB::duckdb SYSTEM INTERFACE ${duckdb_include})
target_link_libraries(DuckDB::duckdb INTERFACE ${CMAKE_DL_LIBS})
