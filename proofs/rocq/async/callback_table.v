(* SPDX-License-Identifier: Apache-2.0 *)
(* The callback table: which function takes which type of event; filled, sealed, then only read.

   Model          C (include/gale/async/callback_table.h, src/async/callback_table.c)
   ORegister      gale_callback_table_register
   OSeal          gale_callback_table_seal
   ODispatch      gale_callback_table_dispatch
   A callback is a number here; 0 is NULL. types is GALE_WAITABLE_EVENT_TYPES. *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Record entry := Entry { type : nat; fn : nat; arg : nat }.
Record table := Table { entries : list entry; sealed : bool }.
Record event := Event { ev_type : nat; ev_id : nat; ev_payload : nat }.
Inductive status := Ok | EPERM | EINVAL | EEXIST | ENOMEM | ENOENT.
Inductive op := ORegister (ty f a : nat) | OSeal | ODispatch (e : event).
(* calls: which function was called with which argument and event. *)
Record out := Out { st : status; calls : list (nat * nat * event) }.

Section Limits.
Variables capacity types : nat.

Definition find_type (t : table) (ty : nat) : option entry := find (fun e => type e =? ty) (entries t).

Definition step (t : table) (o : op) : table * out :=
  match o with
  | ORegister ty f a =>
    if sealed t then (t, Out EPERM [])
    else if (types <=? ty) || (f =? 0) then (t, Out EINVAL [])
    else match find_type t ty with
         | Some _ => (t, Out EEXIST [])
         | None => if capacity <=? length (entries t) then (t, Out ENOMEM [])
                   else (Table (entries t ++ [Entry ty f a]) false, Out Ok [])
         end
  | OSeal => (Table (entries t) true, Out Ok [])
  | ODispatch e =>
    if negb (sealed t) then (t, Out EPERM [])
    else if types <=? ev_type e then (t, Out EINVAL [])
    else match find_type t (ev_type e) with
         | None => (t, Out ENOENT [])
         | Some x => (t, Out Ok [(fn x, arg x, e)])
         end
  end.

Definition init : table := Table [] false.
Definition ok (t : table) : Prop := length (entries t) <= capacity /\ NoDup (map type (entries t)) /\
  Forall (fun e => type e < types /\ fn e <> 0) (entries t).

Lemma NoDup_snoc (l : list nat) w : NoDup l -> ~ In w l -> NoDup (l ++ [w]).
Proof.
  intros H N. apply NoDup_rev in H. rewrite <- (rev_involutive (l ++ [w])). apply NoDup_rev.
  rewrite rev_app_distr. simpl. constructor; auto. now rewrite <- in_rev.
Qed.

Lemma step_ok t o : ok t -> ok (fst (step t o)).
Proof.
  intros (A & B & C). destruct o as [ty f a | | e]; cbn [step].
  - destruct (sealed t); [repeat split; auto|]. destruct ((types <=? ty) || (f =? 0)) eqn:G; [repeat split; auto|].
    apply orb_false_elim in G as [G1 G2]. apply Nat.leb_gt in G1. apply Nat.eqb_neq in G2.
    destruct (find_type t ty) eqn:F; [repeat split; auto|]. destruct (capacity <=? length (entries t)) eqn:L; [repeat split; auto|].
    apply Nat.leb_gt in L. unfold ok; simpl. rewrite app_length, map_app. simpl. split; [lia | split].
    + apply NoDup_snoc; auto. intro I. apply in_map_iff in I as (x & X & I). pose proof (find_none _ _ F x I) as N.
      simpl in N. apply Nat.eqb_neq in N. congruence.
    + apply Forall_app. split; auto.
  - repeat split; auto.
  - destruct (negb (sealed t)); [repeat split; auto|]. destruct (_ <=? _); [repeat split; auto|]. destruct (find_type _ _); repeat split; auto.
Qed.

Theorem cb01_count_and_uniqueness t : ok (final step init t).
Proof. apply run_keeps with (K := fun _ => True); auto using step_ok. unfold ok, init; simpl. repeat split; auto; try lia; constructor. Qed.

Theorem cb02_dispatch_calls_exactly_the_registered x e f a : ok x -> sealed x = true -> ev_type e < types ->
  In (Entry (ev_type e) f a) (entries x) -> snd (step x (ODispatch e)) = Out Ok [(f, a, e)].
Proof.
  intros (_ & N & _) S T I. cbn [step]. rewrite S. replace (types <=? ev_type e) with false by (symmetry; apply Nat.leb_gt; lia). simpl.
  unfold find_type. assert (F : find (fun y => type y =? ev_type e) (entries x) = Some (Entry (ev_type e) f a)).
  { clear S T. induction (entries x) as [| y l IH]; [contradiction|]. simpl. inversion N; subst. destruct I as [-> | I].
    - simpl. now rewrite Nat.eqb_refl.
    - destruct (type y =? ev_type e) eqn:E; [| auto]. exfalso. apply Nat.eqb_eq in E. apply H1. rewrite E.
      apply in_map_iff. exists (Entry (ev_type e) f a). auto. }
  now rewrite F.
Qed.

Theorem cb03_unregistered_calls_nothing x e : sealed x = true -> ev_type e < types ->
  (forall y, In y (entries x) -> type y <> ev_type e) -> snd (step x (ODispatch e)) = Out ENOENT [].
Proof.
  intros S T N. cbn [step]. rewrite S. replace (types <=? ev_type e) with false by (symmetry; apply Nat.leb_gt; lia). simpl.
  unfold find_type. destruct (find _ (entries x)) eqn:F; auto. apply find_some in F as [I E]. apply Nat.eqb_eq in E. now apply N in I.
Qed.

Theorem cb03_at_most_one_call x o : length (calls (snd (step x o))) <= 1.
Proof.
  destruct o as [ty f a | | e]; cbn [step].
  - destruct (sealed x), ((types <=? ty) || (f =? 0)), (find_type x ty), (capacity <=? length (entries x)); simpl; auto.
  - simpl. auto.
  - destruct (negb (sealed x)), (types <=? ev_type e), (find_type x (ev_type e)); simpl; auto.
Qed.

Theorem cb04_sealed_never_changes x t : sealed x = true -> final step x t = x.
Proof.
  revert x. induction t as [| o t IH]; intros x S; auto. rewrite final_cons.
  assert (E : fst (step x o) = x).
  { destruct o as [ty f a | | e]; cbn [step]; rewrite ?S; simpl; auto.
    - destruct x; simpl in *. now subst.
    - destruct (_ <=? _); auto. destruct (find_type _ _); auto. }
  rewrite E. auto.
Qed.

Theorem cb05_only_valid_codes x ty f a e : types <= ty ->
  st (snd (step x (ORegister ty f a))) <> Ok /\ (types <= ev_type e -> st (snd (step x (ODispatch e))) <> Ok).
Proof.
  intros T. apply Nat.leb_le in T. cbn [step]. rewrite T. simpl. split.
  - destruct (sealed x); discriminate.
  - intro L. apply Nat.leb_le in L. rewrite L. destruct (sealed x); discriminate.
Qed.

Theorem cb05_every_entry_is_valid t y : In y (entries (final step init t)) -> type y < types /\ fn y <> 0.
Proof. intro I. destruct (cb01_count_and_uniqueness t) as (_ & _ & F). rewrite Forall_forall in F. auto. Qed.
End Limits.
